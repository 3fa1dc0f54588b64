"""Whether a drill is due: cron cannot say "first Sunday", so it starts every Sunday and stops by itself.

A job that a person makes from the CronJob has another name than those the cluster makes, and always runs.
"""

import os
import re
from datetime import UTC, datetime

from lifeline_backup.settings import Settings

#: `batch.kubernetes.io/job-name` of the pod; the cluster adds minutes since 1970 to the name of the CronJob.
JOB_VARIABLE = "BACKUP_JOB_NAME"
_BY_CLOCK = re.compile(r".*-\d{8,}")


def due(settings: Settings, today: datetime | None = None) -> bool:
    by_clock = _BY_CLOCK.fullmatch(os.environ.get(JOB_VARIABLE, "")) is not None
    first_week = (today or datetime.now(UTC)).day <= 7
    return not (by_clock and settings.drill["first_of_month_only"]) or first_week
