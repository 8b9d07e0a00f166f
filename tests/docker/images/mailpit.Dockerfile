# Stands in for axllent/mailpit: SMTP on 1025, what came as JSON on 8025. With MP_SMTP_TLS_CERT and MP_SMTP_TLS_KEY, the
# official image's own settings, it offers STARTTLS.
FROM lgs-test-debian
COPY mail_sink.py /mail_sink.py
EXPOSE 1025 8025
ENTRYPOINT ["python3", "/mail_sink.py"]
