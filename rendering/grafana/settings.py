"""Grafana's settings as environment variables, and the files it provisions itself from.

Nobody sees anything without signing in: at the organisation's identity provider where the stack names one (OpenID
Connect with PKCE, so that there is no client secret to keep), else as the one administrator whose password we generate.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from rendering.prometheus.scrape_targets import component
from systems.model import System

PROVISIONING_DIRECTORY = "/etc/grafana/provisioning"
DASHBOARDS_DIRECTORY = "/etc/grafana/dashboards"
DATA_DIRECTORY = "/var/lib/grafana"
ADMINISTRATOR_SECRET = "grafana-admin"
PROMETHEUS, LOKI = "prometheus", "loki"
"""Identifiers of the datasources, which dashboards refer to."""


@dataclass(frozen=True, kw_only=True)
class SignOn:
    """The organisation's identity provider, as Grafana's generic OAuth wants it."""

    client_id: str
    authorize_url: str
    token_url: str
    userinfo_url: str
    administrators: str
    """Group (claim `groups`) whose members may administer Grafana; everybody else reads."""


def variables(system: System, domain: str, secrets: str, sign_on: SignOn | None) -> Mapping[str, str]:
    """GF_<section>_<key>, as Grafana reads them in place of grafana.ini."""
    host = f"monitoring.{domain}"
    return {
        "GF_SERVER_HTTP_PORT": str(component(system, "grafana").port),
        "GF_SERVER_DOMAIN": host,
        "GF_SERVER_ROOT_URL": f"https://{host}/",
        "GF_SERVER_ENFORCE_DOMAIN": "false",  # probes ask by address; HAProxy admits the one host only
        "GF_PATHS_PROVISIONING": PROVISIONING_DIRECTORY,
        "GF_PATHS_DATA": DATA_DIRECTORY,
        "GF_AUTH_ANONYMOUS_ENABLED": "false",
        "GF_USERS_ALLOW_SIGN_UP": "false",
        "GF_USERS_VIEWERS_CAN_EDIT": "false",
        "GF_SECURITY_ADMIN_USER": "administrator",
        "GF_SECURITY_ADMIN_PASSWORD__FILE": f"{secrets}/{ADMINISTRATOR_SECRET}",
        "GF_SECURITY_COOKIE_SECURE": "true",
        "GF_SECURITY_COOKIE_SAMESITE": "lax",  # strict would lose the session on the way back from the provider
        "GF_SECURITY_DISABLE_GRAVATAR": "true",
        "GF_SECURITY_ALLOW_EMBEDDING": "false",
        "GF_SNAPSHOTS_EXTERNAL_ENABLED": "false",
        "GF_PUBLIC_DASHBOARDS_ENABLED": "false",
        "GF_UNIFIED_ALERTING_ENABLED": "false",  # Prometheus decides, Alertmanager tells
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
        "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
        "GF_NEWS_NEWS_FEED_ENABLED": "false",
        "GF_PLUGINS_PLUGIN_ADMIN_ENABLED": "false",
        "GF_PLUGINS_PREINSTALL_DISABLED": "true",
        "GF_METRICS_ENABLED": "true",
        "GF_LOG_MODE": "console",
        "GF_LOG_CONSOLE_FORMAT": "json",
        **(_signing_on(sign_on) if sign_on else {"GF_AUTH_DISABLE_LOGIN_FORM": "false"}),
    }


def _signing_on(provider: SignOn) -> Mapping[str, str]:
    """The form goes: a shared password would be a second door."""
    values = {
        "ENABLED": "true",
        "NAME": "Single sign-on",
        "CLIENT_ID": provider.client_id,
        "SCOPES": "openid profile email groups",
        "AUTH_URL": provider.authorize_url,
        "TOKEN_URL": provider.token_url,
        "API_URL": provider.userinfo_url,
        "USE_PKCE": "true",
        "AUTO_LOGIN": "true",
        "ALLOW_SIGN_UP": "true",
        "ROLE_ATTRIBUTE_PATH": f"contains(groups[*], '{provider.administrators}') && 'Admin' || 'Viewer'",
        "ROLE_ATTRIBUTE_STRICT": "true",
    }
    form = {"GF_AUTH_DISABLE_LOGIN_FORM": "true", "GF_AUTH_BASIC_ENABLED": "false"}
    return {**form, **{f"GF_AUTH_GENERIC_OAUTH_{name}": value for name, value in values.items()}}


def datasources(system: System, namespace: str) -> str:
    """Prometheus for figures, Loki for logs; what is provisioned cannot be edited by hand."""

    def at(name: str) -> str:
        return f"http://{name}.{namespace}.svc:{component(system, name).port}"

    prometheus = {
        "name": "Prometheus",
        "uid": PROMETHEUS,
        "type": "prometheus",
        "access": "proxy",
        "url": at("prometheus"),
        "isDefault": True,
        "editable": False,
        "jsonData": {"timeInterval": f"{system.monitoring.scrape_seconds}s", "httpMethod": "POST"},
    }
    loki = {
        "name": "Loki",
        "uid": LOKI,
        "type": "loki",
        "access": "proxy",
        "url": at("loki"),
        "editable": False,
        "jsonData": {"maxLines": 1_000},
    }
    return yaml.safe_dump({"apiVersion": 1, "datasources": [prometheus, loki]}, sort_keys=False)


def dashboards_provider(system: System) -> str:
    """Grafana looks for changed dashboards every half minute."""
    provider = {
        "name": system.name,
        "folder": system.full_name,
        "type": "file",
        "disableDeletion": True,
        "allowUiUpdates": False,
        "updateIntervalSeconds": 30,
        "options": {"path": DASHBOARDS_DIRECTORY},
    }
    return yaml.safe_dump({"apiVersion": 1, "providers": [provider]}, sort_keys=False)
