"""Astral Core v2, what is checked before a deployment."""

from systems.requirements.ledger import Proof, row, under

SPEC = "tests/systems/test_astral_core_v2.py"
EDGE, NETWORK, SECRETS = "components/aws/edge.py", "components/aws/network.py", "components/aws/secrets.py"
EMULATED, UNIT, POLICY = Proof.EMULATED, Proof.UNIT, Proof.POLICY

ROWS = (
    under(
        "ASTRAL CORE V2 - Production Deployment Guide",
        row(
            1,
            "The platform as a whole is one stack in production and one in staging",
            "Pulumi.prod.yaml, Pulumi.staging.yaml",
            EMULATED,
        ),
    ),
    under(
        "CRITICAL: Life-Saving Crisis Intervention Platform",
        row(
            2,
            "Crisis paths are served whatever else fails or is being changed",
            "components/kubernetes/haproxy.py",
            Proof.EXERCISED,
        ),
        row(3, "No rule of policy, limit or firewall may close a crisis path", "policies/rules/crisis.py", POLICY),
    ),
    under(
        "Table of Contents",
        row(
            4,
            "Ten subjects, each with rows of its own below",
            "systems/requirements/astral_core_v2",
            UNIT,
            proven_by="tests/systems/test_requirements.py",
        ),
    ),
    under(
        "Pre-Deployment Checklist",
        row(
            5,
            "The checklist is answered before the first deployment and before each release",
            "operations/ (gates)",
            Proof.COMMAND,
        ),
    ),
    under(
        "Pre-Deployment Checklist > Infrastructure Preparation",
        row(
            6,
            "At least 16 GB of memory and 8 cores",
            "systems/sizing.py",
            UNIT,
            "check Server Resources Validated",
            proven_by="tests/systems/test_sizing.py",
            decision="SYS-04",
        ),
        row(
            7,
            "500 GB of SSD storage for the database",
            "components/aws/postgres.py",
            EMULATED,
            "check Server Resources Validated",
        ),
        row(
            8,
            "100 GB more for logs and backups, on every node",
            "components/aws/cluster.py",
            EMULATED,
            "check Server Resources Validated",
        ),
        row(
            9,
            "At least 1 Gbps of network",
            "systems/sizing.py",
            UNIT,
            "check Server Resources Validated",
            proven_by="tests/systems/test_sizing.py",
        ),
        row(
            10, "Certificates for the domain, admin and monitoring", EDGE, EMULATED, "check SSL Certificates Installed"
        ),
        row(
            11,
            "Certificates do not run out: alarms on days left and on failed renewal",
            "components/aws/alarms.py",
            EMULATED,
            "check SSL Certificates Installed",
            decision="SYS-23",
        ),
        row(12, "A record for every documented host", EDGE, EMULATED, "check DNS Configuration Complete"),
        row(13, "CNAME for CDN assets", EDGE, EMULATED, "check DNS Configuration Complete"),
        row(
            14,
            "Mail from the domain arrives: SES identity, DKIM, SPF, DMARC, bounces; empty MX for the domain itself",
            EDGE,
            EMULATED,
            "check DNS Configuration Complete",
            decision="SYS-24",
        ),
        row(
            15, "Outside health checks on the documented endpoints", EDGE, EMULATED, "check DNS Configuration Complete"
        ),
    ),
    under(
        "Pre-Deployment Checklist > Security Validation",
        row(
            16,
            "Only 80 and 443 of the CDN are open to the internet",
            NETWORK,
            POLICY,
            "check Firewall Rules Configured",
            decision="SYS-03",
        ),
        row(
            17,
            "Port 22 is open to nobody; administrators use Session Manager",
            NETWORK,
            POLICY,
            "check Firewall Rules Configured",
            decision="SYS-08",
        ),
        row(
            18,
            "Database ports are reachable from the nodes only",
            NETWORK,
            POLICY,
            "check Firewall Rules Configured",
            decision="SYS-08",
        ),
        row(
            19,
            "Monitoring ports are reachable through the sign-on of administrators only",
            NETWORK,
            POLICY,
            "check Firewall Rules Configured",
            decision="SYS-22",
        ),
        row(
            20,
            "No placeholder survives: every secret is generated, or supplied and refused when empty",
            SECRETS,
            EMULATED,
            "check Environment Variables Set",
        ),
        row(21, "Database passwords rotate", SECRETS, EMULATED, "check Environment Variables Set"),
        row(
            22,
            "Supplied API keys are probed before a release",
            "operations/ (health)",
            Proof.COMMAND,
            "check Environment Variables Set",
        ),
        row(
            23,
            "Encryption keys have 256 bits at least",
            "systems/astral_core_v2/guarding.py",
            UNIT,
            "check Environment Variables Set",
            proven_by=SPEC,
        ),
        row(
            24,
            "Business associate agreements are signed",
            "calendar of duties; Security Team",
            Proof.PERSON,
            "check HIPAA Compliance Verified",
        ),
        row(
            25,
            "Storage of every kind is encrypted under customer keys",
            "components/aws/keys.py",
            POLICY,
            "check HIPAA Compliance Verified",
            decision="SYS-12",
        ),
        row(
            26,
            "Every call to the cloud and every access to health data is logged",
            "components/aws/audit.py",
            EMULATED,
            "check HIPAA Compliance Verified",
        ),
        row(
            27,
            "Access by role, least privilege, break-glass with an alarm",
            "components/aws/cluster.py",
            POLICY,
            "check HIPAA Compliance Verified",
        ),
    ),
    under(
        "Pre-Deployment Checklist > Crisis System Validation",
        row(
            28,
            "A release needs ten available volunteers",
            "operations/ (gates)",
            Proof.COMMAND,
            "check Volunteer Network Ready",
            decision="SYS-17",
        ),
        row(
            29,
            "Contacts, escalation and backup hotlines are kept current",
            "importable on-call file; Crisis Team Lead",
            Proof.PERSON,
            "check Volunteer Network Ready",
        ),
        row(
            30,
            "Content filters, risk models, fall-back protocols and human oversight work",
            "application; AI safety alert",
            Proof.APPLICATION,
            "check AI Safety Systems Tested",
        ),
    ),
)
