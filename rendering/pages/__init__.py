"""Pages that must be readable when nothing else works: pure text from the spec, no file beside them is needed."""

from rendering.pages.crisis import crisis, crisis_path, offline_script, offline_script_path
from rendering.pages.maintenance import maintenance
from rendering.pages.safety import style_policy

__all__ = ["crisis", "crisis_path", "maintenance", "offline_script", "offline_script_path", "style_policy"]
