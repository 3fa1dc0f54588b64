"""Astral Draft: names, encryption, the balancer and the firewall."""

from dataclasses import replace

from systems import model as m
from systems import usual
from systems.astral_draft.source import DRAFT, WEB

CHECKS = DRAFT.under("DEPLOYMENT PROCEDURES > Step 6: Health Checks (T+25 minutes)")
HARDENING = DRAFT.under("PERFORMANCE ACHIEVEMENTS > Security Hardening")
MONITORED = DRAFT.under("POST-DEPLOYMENT VALIDATION > Extended Monitoring (T+1 hour)")
BACKUP = DRAFT.under("PRE-DEPLOYMENT CHECKLIST (T-24 Hours) > Backup Creation")
REFERENCE = DRAFT.under("QUICK REFERENCE")

LOAD_BALANCER = m.LoadBalancer(
    source=CHECKS,
    replicas=3,
    resources=m.Resources.fixed(cpu_cores=2, memory_gib=4),
    algorithm=m.Algorithm.LEAST_CONNECTIONS,
    timeouts=m.Timeouts(
        connect_milliseconds=5_000,
        client_milliseconds=50_000,
        server_milliseconds=50_000,
    ),
    check=m.ServerCheck(path="/health"),
    paths=(m.PathRule(prefix="/", workload=WEB), m.PathRule(host="api", prefix="/", workload=WEB)),
    closed_prefixes=("/metrics", "/livez"),
    client_rate_limit=m.ClientRateLimit(
        source=HARDENING,
        requests_count=100,
        window_seconds=60,
        because={"window_seconds": "100 req/min, of one client address, without what the CDN answers (DRAFT-D11)"},
    ),
    because={
        "replicas": "no balancer is documented; one HAProxy in each zone (SYS-05)",
        "resources": "none documented; the TDAH document's 2 CPU, 4GB (SYS-05)",
        "algorithm": "draft rooms keep connections open: the server with fewest of them comes next",
        "timeouts": "none documented; the TDAH document's",
        "paths": "one web service is started: it answers for both documented names",
        "closed_prefixes": "what Prometheus and the kubelet ask is no business of the public",
    },
)

TLS = usual.usual_tls(
    CHECKS, (m.TlsVersion.TLS_1_2, m.TlsVersion.TLS_1_3), "https without a version; the TDAH document's"
)
SECURITY_HEADERS = replace(
    usual.usual_headers(HARDENING),
    because={
        "headers": "`CSP Level 2 compliant` without the policy: the TDAH document's headers without inline scripts, "
        "and with wss:, which 'self' does not cover in level 2 (SYS-13)"
    },
)

EDGE = m.Edge(
    source=CHECKS,
    domain="astraldraft.com",
    hosts=(
        m.Host(label="", audience=m.Audience.PUBLIC, serves=m.HostServes.PLATFORM),
        m.Host(label="api", audience=m.Audience.PUBLIC, serves=m.HostServes.PLATFORM),
        m.Host(
            source=MONITORED, label="monitoring", audience=m.Audience.ADMINISTRATORS, serves=m.HostServes.MONITORING
        ),
        m.Host(source=REFERENCE, label="meet", audience=m.Audience.ELSEWHERE, serves=m.HostServes.MEETING),
        m.Host(source=BACKUP, label="prod-db", audience=m.Audience.INSIDE, serves=m.HostServes.DATABASE),
    ),
    records=(
        m.DnsRecord(label="", type=m.RecordType.A, target=m.RecordTarget.DISTRIBUTION),
        m.DnsRecord(label="api", type=m.RecordType.A, target=m.RecordTarget.DISTRIBUTION),
        m.DnsRecord(source=MONITORED, label="monitoring", type=m.RecordType.A, target=m.RecordTarget.DISTRIBUTION),
        m.DnsRecord(source=REFERENCE, label="meet", type=m.RecordType.CNAME, target=m.RecordTarget.ELSEWHERE),
        m.DnsRecord(
            source=BACKUP, label="prod-db", type=m.RecordType.CNAME, target=m.RecordTarget.DATABASE, private=True
        ),
        m.DnsRecord(source=REFERENCE, label="", type=m.RecordType.MX, target=m.RecordTarget.MAIL_INBOX),
        *usual.sending_records(),
    ),
    certificates=m.Certificates(documented_days=None),
    delivery=m.ContentDelivery(
        source=DRAFT.under("DEPLOYMENT PROCEDURES > Step 7: Disable Maintenance Mode (T+30 minutes)"),
        cached_prefixes=("/assets",),
        purge_after_rollout=True,
        because={"cached_prefixes": "where the build puts the chunks in dist/, whose names change with their content"},
    ),
    flood_limit=m.FloodLimit(
        requests_count=2_000,
        because={"requests_count": "none documented; four times what the documented 100 a minute let through"},
    ),
    mail=m.Mail(
        source=REFERENCE,
        senders=("alerts", "no-reply", "ops-team"),
        receives=True,
        because={
            "senders": "mail to users and to all-team@ is documented, its sender is not",
            "receives": "people write to ops-team@ in an emergency, at a mailbox that is not ours to run (DRAFT-D04)",
        },
    ),
    because={
        "hosts": "api. and the domain under Step 6, the others where they stand (DRAFT-D04)",
        "records": "no record is documented; what the hosts, the mailbox and mail from the domain need (SYS-24)",
    },
)

FIREWALL = m.Firewall(
    source=DRAFT.under("QUICK DEPLOY OPTIONS > Option B: Docker Deployment"),
    network_cidr="10.40.0.0/16",
    openings=usual.openings(),
    closed=(22, 3000, 3001, 9090),
    because={
        "network_cidr": "none documented: a /16 that no other platform has",
        "openings": "one way in (SYS-03); `docker run -p 3000:3000` would open the application past it",
        "closed": "3000 belongs to the balancer alone; git, systemctl and tail are not typed on servers (SYS-08)",
    },
)
