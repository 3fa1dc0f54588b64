"""A stream to one S3 object, in parts: memory stays flat, and the object is there whole or not at all.

The next part is read while others are sent. Parts grow, as S3 takes 10,000 of them (rendering/backup_settings.py).
"""

import base64
import hashlib
import zlib
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from io import BytesIO
from typing import Any

from lifeline_backup.failure import Failure
from lifeline_backup.manifest import StoredObject
from lifeline_backup.settings import Bucket, PartSizes

_MIB = 1 << 20


class Upload:
    """`write` from one thread, then `complete`; whoever leaves without completing leaves no object."""

    def __init__(
        self, client: Any, bucket: Bucket, key: str, *, tags: str, storage_class: str, sizes: PartSizes
    ) -> None:
        self._client, self._place, self._sizes = client, {"Bucket": bucket.name, "Key": key}, sizes
        self._sum, self._crc, self._bytes = hashlib.sha256(), 0, 0
        self._held = BytesIO()
        self._parts: list[dict[str, Any]] = []
        self._sending: set[Future[dict[str, Any]]] = set()
        self._number = 0
        begun = client.create_multipart_upload(
            **self._place,
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=bucket.key,
            BucketKeyEnabled=True,
            Tagging=tags,
            StorageClass=storage_class,
            ChecksumAlgorithm="CRC32",
            ChecksumType="FULL_OBJECT",
        )
        self._place["UploadId"] = begun["UploadId"]
        self._senders = ThreadPoolExecutor(max_workers=3)
        self._open = True
        if begun.get("SSEKMSKeyId") != bucket.key:
            self.abort()
            raise Failure(f"{key} would be encrypted with {begun.get('SSEKMSKeyId')}, not with {bucket.key}")

    def __enter__(self) -> "Upload":
        return self

    def __exit__(self, *_: object) -> None:
        if self._open:
            self.abort()

    @property
    def size(self) -> int:
        return self._bytes

    def write(self, data: bytes | memoryview) -> None:
        self._sum.update(data)
        self._crc = zlib.crc32(data, self._crc)
        self._bytes += len(data)
        left = memoryview(data)
        while left:
            size = self._size()[0]
            room = size - self._held.tell()
            self._held.write(left[:room])
            left = left[room:]
            if self._held.tell() == size:
                self._send()

    def complete(self, part: str) -> StoredObject:
        """Only now there is an object. S3 itself compares length and checksum of the whole."""
        if self._held.tell() or not self._number:
            self._send()
        while self._sending:
            self._collect()
        parts = sorted(self._parts, key=lambda each: int(each["PartNumber"]))
        made = self._client.complete_multipart_upload(
            **self._place,
            MultipartUpload={"Parts": parts},
            ChecksumCRC32=_base64_of(self._crc),
            ChecksumType="FULL_OBJECT",
            MpuObjectSize=self._bytes,
            IfNoneMatch="*",  # the bucket takes nothing that might overwrite
        )
        self._open = False
        self._senders.shutdown()
        version = made.get("VersionId", "")
        return StoredObject(part, self._place["Key"], version, self._bytes, self._sum.hexdigest())

    def abort(self) -> None:
        """What was sent goes away; what cannot be reached now, the bucket's lifecycle removes."""
        self._open = False
        self._senders.shutdown(wait=True, cancel_futures=True)
        try:
            self._client.abort_multipart_upload(**self._place)
        except Exception as error:  # the first failure is the one to report
            print(f"upload {self._place['Key']} could not be abandoned: {type(error).__name__}", flush=True)

    def _size(self) -> tuple[int, int]:
        for upto, mib, held in self._sizes:
            if self._number < upto:
                return int(mib * _MIB), held
        raise Failure(f"{self._place['Key']} is larger than the {self._bytes} bytes that one object can take")

    def _send(self) -> None:
        """The buffer itself is handed over: a copy would be as large again."""
        held, self._held = self._held, BytesIO()
        held.seek(0)
        most = self._size()[1]
        self._number += 1
        self._sending.add(self._senders.submit(self._send_part, self._number, held))
        del held
        while len(self._sending) >= most:
            self._collect()

    def _send_part(self, number: int, data: BytesIO) -> dict[str, Any]:
        sent = self._client.upload_part(**self._place, PartNumber=number, Body=data, ChecksumAlgorithm="CRC32")
        return {"PartNumber": number, "ETag": sent["ETag"]} | (
            {"ChecksumCRC32": sent["ChecksumCRC32"]} if "ChecksumCRC32" in sent else {}
        )

    def _collect(self) -> None:
        done, self._sending = wait(self._sending, return_when=FIRST_COMPLETED)
        self._parts += [each.result() for each in done]


def stream(upload: Upload, chunks: Iterable[bytes | memoryview]) -> None:
    for chunk in chunks:
        upload.write(chunk)


def _base64_of(crc: int) -> str:
    return base64.b64encode(crc.to_bytes(4, "big")).decode()
