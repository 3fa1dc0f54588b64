"""Astral Core v7: names, encryption, the balancer and the firewall."""

from systems import model as m
from systems import usual
from systems.astral_core_v7.source import V7

TOOLS = V7.under("Troubleshooting Tools > Useful Commands")
SECURITY_MAIL = V7.under("Emergency Contacts & Escalation > Incident Response Team")

LOAD_BALANCER = m.LoadBalancer(
    source=V7.under("Monitoring & Alerts > Health Check Endpoints"),
    replicas=3,
    resources=m.Resources.fixed(cpu_cores=2, memory_gib=4),
    algorithm=m.Algorithm.LEAST_CONNECTIONS,
    timeouts=m.Timeouts(
        connect_milliseconds=5_000,
        client_milliseconds=50_000,
        server_milliseconds=50_000,
    ),
    check=m.ServerCheck(path="/api/health"),
    paths=(m.PathRule(prefix="/", workload="astral-core-v7"),),
    closed_prefixes=("/api/cache", "/api/monitoring", "/metrics", "/livez"),
    because={
        "replicas": "Vercel's own balancer has no number; one HAProxy in each zone (SYS-05)",
        "resources": "none documented; the TDAH document's 2 CPU, 4GB (SYS-05)",
        "algorithm": "none documented; Astral Core v2's",
        "timeouts": "none documented; the TDAH document's",
        "closed_prefixes": "the document clears caches without a token in one place and shows measurements to "
        "everybody: for administrators only (V7-D06)",
    },
)

TLS = usual.usual_tls(
    TOOLS, (m.TlsVersion.TLS_1_2, m.TlsVersion.TLS_1_3), "openssl s_client without a version; the TDAH document's"
)
SECURITY_HEADERS = usual.usual_headers(V7.under("Security Procedures"))

EDGE = m.Edge(
    source=TOOLS,
    domain="astralcore.app",
    hosts=(
        m.Host(label="", audience=m.Audience.PUBLIC, serves=m.HostServes.PLATFORM),
        m.Host(label="monitoring", audience=m.Audience.ADMINISTRATORS, serves=m.HostServes.MONITORING),
    ),
    records=(
        m.DnsRecord(label="", type=m.RecordType.A, target=m.RecordTarget.DISTRIBUTION),
        m.DnsRecord(label="monitoring", type=m.RecordType.A, target=m.RecordTarget.DISTRIBUTION),
        m.DnsRecord(label="", type=m.RecordType.MX, target=m.RecordTarget.MAIL_INBOX, source=SECURITY_MAIL),
        *usual.sending_records(mailboxes_elsewhere=True),
    ),
    certificates=m.Certificates(documented_days=None),
    delivery=m.ContentDelivery(
        cached_prefixes=("/_next/static",),
        because={"cached_prefixes": "where Next.js puts files whose names change with their content"},
    ),
    flood_limit=m.FloodLimit(requests_count=2_000, because={"requests_count": "none documented; Astral Core v2's"}),
    mail=m.Mail(
        source=SECURITY_MAIL,
        senders=("alerts", "no-reply"),
        dmarc_policy="quarantine",
        receives=True,
        because={
            "senders": "notices to users and alerts need senders; security@ writes from its own mailbox",
            "dmarc_policy": "whoever runs the mailbox signs in a way that is not ours to know (V7-D03)",
            "receives": "people write to security@ around the clock, at a mailbox that is not ours to run (V7-D03)",
        },
    ),
    because={
        "domain": "only a preview address of Vercel is documented; the domain of security@astralcore.app (V7-D03)",
        "hosts": "one address is documented; monitoring. as in Astral Core v2, for the dashboards Vercel had",
        "records": "what the hosts, the mailbox and mail from the domain need (SYS-24)",
    },
)

FIREWALL = m.Firewall(
    source=TOOLS,
    network_cidr="10.30.0.0/16",
    openings=usual.openings(),
    closed=(22, 3001, 9090),
    because={
        "network_cidr": "none documented: a /16 that no other platform has",
        "openings": "one way in (SYS-03); the document opens 443 only",
        "closed": "`SSH into function` opens a local copy; nobody needs a port for it (SYS-08)",
    },
)
