"""pulumi-docker for rehearsals: images are checked and identified; built where a daemon answers."""
