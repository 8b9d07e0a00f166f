# Stands in for python:3.13-slim: Debian 13 with its own Python 3.13, in /usr/local as the official image has it.
FROM lgs-test-debian
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
RUN python3 -m venv /usr/local
COPY pip.conf /etc/pip.conf
CMD ["python3"]
