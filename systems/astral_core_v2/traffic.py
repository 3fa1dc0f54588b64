"""Astral Core v2: names, encryption, the balancer and the firewall."""

from systems.astral_core_v2.source import V2
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
    Mail,
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
)

LOAD_BALANCER = LoadBalancer(
    source=V2.under("Infrastructure Requirements > Production Architecture"),
    replicas=3,
    resources=Resources.fixed(cpu_cores=2, memory_gib=4),
    algorithm=Algorithm.LEAST_CONNECTIONS,
    timeouts=Timeouts(
        connect_milliseconds=5_000,
        client_milliseconds=50_000,
        server_milliseconds=50_000,
        because={
            "connect_milliseconds": "the TDAH document's",
            "client_milliseconds": "the TDAH document's",
            "server_milliseconds": "the TDAH document's",
        },
    ),
    check=ServerCheck(path="/api/health"),
    paths=(
        PathRule(prefix="/", workload="astral-web"),
        PathRule(host="admin", prefix="/", workload="astral-web"),
    ),
    closed_prefixes=("/metrics", "/livez"),
    because={
        "replicas": "CloudFlare and Nginx are one box each in the diagram; one HAProxy in each zone (SYS-05)",
        "resources": "no figure for the proxy; the TDAH document's 2 CPU, 4GB (SYS-05)",
        "algorithm": "crisis conversations differ in length: the server with fewest open ones comes next",
        "check": "the documented health path, in HAProxy's usual rhythm of three checks 2 s apart",
        "closed_prefixes": "what Prometheus and the kubelet ask is no business of the public",
    },
)

TLS = Tls(
    source=V2.under("Security Setup > SSL/TLS Configuration"),
    versions=(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3),
    ciphers=(
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES128-GCM-SHA256",
    ),
    prefer_server_ciphers=False,
    session_cache_mib=10,
    session_timeout_seconds=600,
    session_tickets=False,
    certificate_key="EC_prime256v1",
    because={
        "versions": "no version is documented; the TDAH document's (SYS-13)",
        "ciphers": "none documented: forward secrecy and authenticated encryption, as ALB and CloudFront offer them",
        "prefer_server_ciphers": "the TDAH document's",
        "session_cache_mib": "the TDAH document's shared:SSL:10m",
        "session_timeout_seconds": "the TDAH document's 10m",
        "session_tickets": "the TDAH document's",
        "certificate_key": "no key is documented; the quickest that ACM issues and every browser accepts",
    },
)

SECURITY_HEADERS = SecurityHeaders(
    source=V2.under("Security Setup > SSL/TLS Configuration"),
    headers=(
        Header(name="Strict-Transport-Security", value="max-age=31536000; includeSubDomains"),
        Header(name="X-Frame-Options", value="DENY"),
        Header(name="X-Content-Type-Options", value="nosniff"),
        Header(name="Referrer-Policy", value="strict-origin-when-cross-origin"),
        Header(
            name="Content-Security-Policy",
            value="default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data: https:; font-src 'self' data:; connect-src 'self' https: wss:; "
            "frame-ancestors 'none'; base-uri 'self'; object-src 'none'",
        ),
    ),
    because={
        "headers": "the document names Strict-Transport, X-Frame and Content-Security without values: "
        "the TDAH document's, without inline scripts and with wss: for conversations (SYS-13)"
    },
)

EDGE = Edge(
    source=V2.under("Pre-Deployment Checklist > Infrastructure Preparation"),
    domain="astralcore.org",
    hosts=(
        Host(label="", audience=Audience.PUBLIC, serves=HostServes.PLATFORM),
        Host(
            label="admin",
            audience=Audience.ADMINISTRATORS,
            serves=HostServes.PLATFORM,
            open_paths=("/api/health",),
            because={"open_paths": "the documented checks ask admin.astralcore.org/api/health from outside"},
        ),
        Host(
            label="monitoring",
            audience=Audience.ADMINISTRATORS,
            serves=HostServes.MONITORING,
            because={"serves": "Grafana on 443; CloudFront cannot serve the documented port 3001 (SYS-22)"},
        ),
        Host(
            label="backup",
            audience=Audience.PUBLIC,
            serves=HostServes.RECOVERY_REGION,
            because={"label": "Disaster Recovery Plan: backup.astralcore.org/api/health"},
        ),
        Host(
            label="assets",
            audience=Audience.PUBLIC,
            serves=HostServes.ASSETS,
            because={"label": "CNAME for CDN assets is asked for, its label is not given"},
        ),
    ),
    records=(
        DnsRecord(label="", type=RecordType.A, target=RecordTarget.DISTRIBUTION),
        DnsRecord(label="admin", type=RecordType.A, target=RecordTarget.DISTRIBUTION),
        DnsRecord(label="monitoring", type=RecordType.A, target=RecordTarget.DISTRIBUTION),
        DnsRecord(label="backup", type=RecordType.A, target=RecordTarget.RECOVERY_DISTRIBUTION),
        DnsRecord(label="assets", type=RecordType.CNAME, target=RecordTarget.DISTRIBUTION),
        DnsRecord(label="", type=RecordType.MX, target=RecordTarget.LITERAL, value="0 ."),
        DnsRecord(label="bounce", type=RecordType.MX, target=RecordTarget.MAIL_BOUNCES),
        DnsRecord(
            label="bounce", type=RecordType.TXT, target=RecordTarget.LITERAL, value="v=spf1 include:amazonses.com -all"
        ),
        DnsRecord(
            label="", type=RecordType.TXT, target=RecordTarget.LITERAL, value="v=spf1 include:amazonses.com -all"
        ),
        DnsRecord(
            label="_dmarc", type=RecordType.TXT, target=RecordTarget.LITERAL, value="v=DMARC1; p=reject; adkim=s"
        ),
        DnsRecord(label="_domainkey", type=RecordType.CNAME, target=RecordTarget.MAIL_DKIM),
        DnsRecord(label="", type=RecordType.CAA, target=RecordTarget.LITERAL, value='0 issue "amazon.com"'),
    ),
    certificates=Certificates(
        documented_days=90,
        alarm_days_left=30,
        because={"alarm_days_left": "ACM renews about 45 days before the end: 30 left means it failed (SYS-23)"},
    ),
    delivery=ContentDelivery(
        cached_prefixes=("/_next/static", "/static"),
        because={"cached_prefixes": "where Next.js puts files whose names change with their content"},
    ),
    flood_limit=FloodLimit(
        requests_count=2_000,
        because={
            "requests_count": "no limit is documented: 6.7 a second from one address is no person; a clinic may be 20"
        },
    ),
    mail=Mail(
        senders=("alerts", "no-reply"),
        because={
            "senders": "e-mail notifications are documented, their senders are not",
            "receives": "MX records are asked for notifications: an empty MX says that nobody reads here (SYS-24)",
        },
    ),
    because={
        "records": "A for all subdomains, CNAME for assets and MX are documented; what mail needs to arrive, "
        "and CAA against foreign certificates, follow (SYS-24)"
    },
)

FIREWALL = Firewall(
    source=V2.under("Pre-Deployment Checklist > Security Validation"),
    network_cidr="10.20.0.0/16",
    openings=(
        Opening(name="visitors", ports=(80, 443), origin=NetworkTier.INTERNET, destination=NetworkTier.EDGE),
        Opening(name="edge to balancer", ports=(443,), origin=NetworkTier.EDGE, destination=NetworkTier.BALANCER),
        Opening(
            name="balancer to proxies",
            ports=(30443,),
            origin=NetworkTier.BALANCER,
            destination=NetworkTier.NODES,
            because={"ports": "HAProxy's node port; a number of ours"},
        ),
        Opening(name="database", ports=(5432,), origin=NetworkTier.NODES, destination=NetworkTier.DATABASE),
        Opening(name="cache", ports=(6379,), origin=NetworkTier.NODES, destination=NetworkTier.NODES),
    ),
    closed=(22, 9090, 3001),
    because={
        "network_cidr": "one /16 of the documented 10.0.0.0/8, which itself is far too wide a source (SYS-08)",
        "closed": "ssh is open in the script and restricted in the checklist; nobody needs it (SYS-08, SYS-22)",
    },
)
