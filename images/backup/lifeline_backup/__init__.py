"""Backups that restore: dumps and application state to S3, their verification, and the drill that restores them."""
