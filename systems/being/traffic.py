"""Being: names, encryption, the balancer and the firewall."""

from systems import model as m
from systems import usual
from systems.being.source import BEING

CHECKS = BEING.under("Monitoring and Alerting > Automated Health Checks")
HARDENED = BEING.under("Pre-Deployment Checklist > Security Hardening Verification")

LOAD_BALANCER = m.LoadBalancer(
    source=BEING.under("Deployment Architecture > Blue-Green Deployment Strategy"),
    replicas=3,
    resources=m.Resources.fixed(cpu_cores=2, memory_gib=4),
    algorithm=m.Algorithm.LEAST_CONNECTIONS,
    timeouts=m.Timeouts(connect_milliseconds=5_000, client_milliseconds=50_000, server_milliseconds=50_000),
    check=m.ServerCheck(path="/health"),
    paths=(
        m.PathRule(host="api", prefix="/", workload="being-api"),
        m.PathRule(prefix="/", workload="being-api"),
    ),
    closed_prefixes=("/metrics", "/livez"),
    because={
        "replicas": "one box in the diagram; one HAProxy in each zone (SYS-05)",
        "resources": "none documented; the TDAH document's 2 CPU, 4GB (SYS-05)",
        "algorithm": "none documented; Astral Core v2's",
        "timeouts": "none documented; the TDAH document's",
        "paths": "only api. is documented; the domain itself has to answer as well (BEING-D03)",
        "closed_prefixes": "what Prometheus and the kubelet ask is no business of the public",
    },
)

TLS = usual.usual_tls(HARDENED, (m.TlsVersion.TLS_1_3,), "TLS 1.3 enforced: nothing older is offered (BEING-D15)")
SECURITY_HEADERS = usual.usual_headers(HARDENED)

EDGE = m.Edge(
    source=CHECKS,
    domain="being.app",
    hosts=(
        m.Host(label="", audience=m.Audience.PUBLIC, serves=m.HostServes.PLATFORM),
        m.Host(label="api", audience=m.Audience.PUBLIC, serves=m.HostServes.PLATFORM),
        m.Host(label="backup", audience=m.Audience.PUBLIC, serves=m.HostServes.RECOVERY_REGION),
        m.Host(label="monitoring", audience=m.Audience.ADMINISTRATORS, serves=m.HostServes.MONITORING),
    ),
    records=(
        m.DnsRecord(label="", type=m.RecordType.A, target=m.RecordTarget.DISTRIBUTION),
        m.DnsRecord(label="api", type=m.RecordType.A, target=m.RecordTarget.DISTRIBUTION),
        m.DnsRecord(label="backup", type=m.RecordType.A, target=m.RecordTarget.RECOVERY_DISTRIBUTION),
        m.DnsRecord(label="monitoring", type=m.RecordType.A, target=m.RecordTarget.DISTRIBUTION),
        m.DnsRecord(label="", type=m.RecordType.MX, target=m.RecordTarget.LITERAL, value="0 ."),
        *usual.sending_records(),
    ),
    certificates=m.Certificates(documented_days=None),
    delivery=m.ContentDelivery(cached_prefixes=()),
    flood_limit=m.FloodLimit(requests_count=2_000, because={"requests_count": "none documented; Astral Core v2's"}),
    mail=m.Mail(senders=("alerts",), because={"senders": "none documented: notices of AWS and of incidents"}),
    because={
        "hosts": "api.being.app is documented; backup. and monitoring. as in Astral Core v2 (BEING-D03)",
        "records": "what the hosts and mail from the domain need; nobody reads mail there (SYS-24)",
        "delivery": "no file of the mobile application is served from here: the stores do that",
    },
)

FIREWALL = m.Firewall(
    source=HARDENED,
    network_cidr="10.50.0.0/16",
    openings=usual.openings(),
    closed=(22, 3001, 9090),
    because={
        "network_cidr": "none documented: a /16 that no other platform has",
        "openings": "`network security rules applied` without a list: one way in (SYS-03)",
        "closed": "nobody needs these from outside (SYS-08, SYS-22)",
    },
)
