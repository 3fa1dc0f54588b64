"""Names and values that proxies, servers and frameworks give a meaning, and strangers write into requests."""

#: What lets a stranger in elsewhere: addresses that a proxy or an application may take for the visitor's.
ADDRESSES = (
    *("X-Forwarded-For", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Cluster-Client-IP"),
    *("X-Originating-IP", "X-Remote-IP", "X-Remote-Addr", "X-Envoy-External-Address", "Fastly-Client-IP", "Client-IP"),
    *("X_Forwarded_For", "X-Forwarded-For ", "x-forwarded-for", "X-ProxyUser-Ip", "X-Custom-IP-Authorization"),
)
RENAMING = (
    *("X-Original-URL", "X-Rewrite-URL", "X-Original-URI", "X-Forwarded-Path", "X-Forwarded-URI", "X-Forwarded-Prefix"),
    *("X-Invoke-Path", "X-Matched-Path", "X-Middleware-Rewrite", "X-Envoy-Original-Path", "X_Original_URL"),
)
METHOD_HEADERS = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X_HTTP_Method_Override")
HOST_HEADERS = ("X-Forwarded-Host", "X-Host", "X-Original-Host", "X-Forwarded-Server", "X_Forwarded_Host")
METHODS = (
    *("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
    *("TRACE", "CONNECT", "PROPFIND", "get", "GeT", "JUNK"),
)
CODINGS = (
    *("chunked", "Chunked", "chunked, chunked", "identity", "identity, chunked", "chunked, identity", "xchunked"),
    *("\x0bchunked", "chunked\x0b", '"chunked"', "gzip, chunked", "chunked;q=1", ",chunked", "chunked,", "\tchunked"),
)
CODING_NAMES = (
    "Transfer-Encoding",
    "Transfer-Encoding ",
    "transfer-encoding",
    "Transfer_Encoding",
    " Transfer-Encoding",
)
LENGTH_NAMES = ("Content-Length", "Content-Length ", "content-length", "Content_Length", " Content-Length")
