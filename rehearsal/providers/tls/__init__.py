"""pulumi-tls for rehearsals: real keys and certificates, made here."""
