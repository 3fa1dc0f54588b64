"""TDAH assistant: names, encryption, the balancer and the firewall."""

from systems.model import (
    Algorithm,
    Audience,
    Certificates,
    ContentDelivery,
    DnsRecord,
    Edge,
    Firewall,
    FloodLimit,
    Header,
    Host,
    HostServes,
    LoadBalancer,
    NetworkTier,
    Opening,
    PathRule,
    RecordTarget,
    RecordType,
    Resources,
    SecurityHeaders,
    ServerCheck,
    Timeouts,
    Tls,
    TlsVersion,
    Webhook,
)
from systems.tdah_assistant.source import TDAH

NGINX = TDAH.under("SSL/TLS Configuration > Nginx SSL Configuration")

LOAD_BALANCER = LoadBalancer(
    source=TDAH.under("High Availability > Load Balancer Configuration"),
    replicas=2,
    resources=Resources.fixed(cpu_cores=2, memory_gib=4),
    algorithm=Algorithm.ROUND_ROBIN,
    timeouts=Timeouts(connect_milliseconds=5_000, client_milliseconds=50_000, server_milliseconds=50_000),
    check=ServerCheck(path="/health/overall"),
    paths=(
        PathRule(prefix="/api", workload="api"),
        PathRule(prefix="/health", workload="api"),
        PathRule(prefix="/webhooks", workload="api"),
        PathRule(prefix="/", workload="frontend"),
    ),
    closed_prefixes=("/metrics", "/livez", "/health/database/performance"),
    because={
        "replicas": "Production Components: two load balancers",
        "resources": "Production Components: 2 CPU, 4GB RAM",
        "paths": "the diagram puts both behind the balancer, the configuration knows the API only (TDAH-D03)",
        "closed_prefixes": "what Prometheus, the kubelet and operators ask is no business of the public (TDAH-D11)",
    },
)

TLS = Tls(
    source=NGINX,
    versions=(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3),
    ciphers=("ECDHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES256-GCM-SHA384"),
    documented_ciphers=(
        "ECDHE-RSA-AES256-GCM-SHA512",
        "DHE-RSA-AES256-GCM-SHA512",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "DHE-RSA-AES256-GCM-SHA384",
    ),
    prefer_server_ciphers=False,
    session_cache_mib=10,
    session_timeout_seconds=600,
    session_tickets=False,
    certificate_key="RSA_2048",
    because={
        "ciphers": "the two documented suites with SHA512 do not exist; DHE is spoken at HAProxy only (SYS-13)",
        "certificate_key": "the suites need RSA, and ACM issues 2048 bits, not the documented 4096 (SYS-13)",
    },
)

SECURITY_HEADERS = SecurityHeaders(
    source=NGINX,
    headers=(
        Header(name="Strict-Transport-Security", value="max-age=31536000; includeSubDomains"),
        Header(name="X-Frame-Options", value="DENY"),
        Header(name="X-Content-Type-Options", value="nosniff"),
        Header(
            name="X-XSS-Protection",
            value="1; mode=block",
            because={"value": "as documented, although browsers have dropped what it switches on (TDAH-D06)"},
        ),
        Header(name="Referrer-Policy", value="strict-origin-when-cross-origin"),
        Header(
            name="Content-Security-Policy",
            value="default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data: https:; font-src 'self' data:; connect-src 'self' https:; frame-ancestors 'none';",
            because={"value": "as documented: without inline scripts the frontend might not start (TDAH-D06)"},
        ),
    ),
)

EDGE = Edge(
    source=TDAH.under("Deployment Procedures > Deployment Steps"),
    domain="your-domain.com",
    hosts=(
        Host(label="", audience=Audience.PUBLIC, serves=HostServes.PLATFORM),
        Host(
            label="monitoring",
            audience=Audience.ADMINISTRATORS,
            serves=HostServes.MONITORING,
            because={"label": "Grafana is in the diagram without a name; Astral Core v2's"},
        ),
    ),
    records=(
        DnsRecord(label="", type=RecordType.A, target=RecordTarget.DISTRIBUTION),
        DnsRecord(label="monitoring", type=RecordType.A, target=RecordTarget.DISTRIBUTION),
        DnsRecord(label="", type=RecordType.CAA, target=RecordTarget.LITERAL, value='0 issue "amazon.com"'),
    ),
    certificates=Certificates(documented_days=None),
    delivery=ContentDelivery(
        source=TDAH.under("Prerequisites > External Services"),
        cached_prefixes=("/assets", "/static"),
        because={"cached_prefixes": "a CDN for static assets is asked for, their paths are not given"},
    ),
    flood_limit=FloodLimit(
        requests_count=2_000,
        because={"requests_count": "no limit is documented: 6.7 a second from one address is no person"},
    ),
    webhooks=(
        Webhook(
            source=TDAH.under("Production Architecture > High-Level Architecture"),
            name="incoming-sms",
            prefix="/webhooks/twilio",
            sender="twilio",
            maximum_body_bytes=16_384,
            signature_header="X-Twilio-Signature",
            because={
                "prefix": "Twilio is in the diagram; where it delivers is for the application contract (TDAH-D14)",
                "maximum_body_bytes": "a message has 1,600 characters and a page of fields",
                "signature_header": "Twilio's, checked by the application",
            },
        ),
    ),
    because={
        "domain": "the document's placeholder; the stack's own takes its place",
        "records": "`DNS records updated` names none: those of the hosts, and CAA against foreign certificates",
    },
)

FIREWALL = Firewall(
    source=TDAH.under("Security Hardening > Network Security"),
    network_cidr="172.21.0.0/16",
    openings=(
        Opening(
            name="visitors",
            ports=(80, 443),
            origin=NetworkTier.INTERNET,
            destination=NetworkTier.EDGE,
            source=TDAH.under("High Availability > Load Balancer Configuration"),
        ),
        Opening(name="edge to balancer", ports=(443,), origin=NetworkTier.EDGE, destination=NetworkTier.BALANCER),
        Opening(
            name="balancer to proxies",
            ports=(30443,),
            origin=NetworkTier.BALANCER,
            destination=NetworkTier.NODES,
            because={"ports": "HAProxy's node port; a number of ours"},
        ),
        Opening(name="database", ports=(5432,), origin=NetworkTier.NODES, destination=NetworkTier.DATABASE),
        Opening(name="cache", ports=(6379, 26379), origin=NetworkTier.NODES, destination=NetworkTier.NODES),
    ),
    closed=(22, 514, 8000),
    because={
        "openings": "`properly configured firewall rules`: the flows of the diagram and of its ports, and no other",
        "closed": "ssh, syslog and the API's own port are mentioned; nobody outside needs them (SYS-08, TDAH-D04)",
    },
)
