from rehearsal.providers.server import run
from rehearsal.providers.tls.provider import TlsProvider

run(TlsProvider)
