from rehearsal.providers.docker.provider import DockerProvider
from rehearsal.providers.server import run

run(DockerProvider)
