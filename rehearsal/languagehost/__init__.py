"""The engine's Python language host: `pulumi-language-python`, served from this project's virtual environment."""
