# The image: one programme, no shell tools beyond the base, nobody's account but its own. docs/how-to/deploy.md builds and runs it.
# Base images are named by their exact version; docs/how-to/upgrade.md says how to hold them to a digest.
FROM python:3.11.18-slim-trixie AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
RUN python -m venv --without-pip /opt/weerklank

# The lock first: a change of the source alone does not bring the packages again.
COPY requirements.txt ./
RUN python -m pip --python /opt/weerklank/bin/python install --require-hashes --no-deps -r requirements.txt

COPY pyproject.toml LICENSE ./
COPY api api
COPY bot bot
COPY cases cases
COPY channels channels
COPY flows flows
COPY store store
COPY translations translations
COPY weerklank weerklank
COPY words words
RUN python -m pip --python /opt/weerklank/bin/python install --no-deps --no-build-isolation . \
    && /opt/weerklank/bin/python -P -m weerklank.sbom requirements.txt /opt/weerklank/sbom.cdx.json


FROM python:3.11.18-slim-trixie

RUN useradd --system --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin weerklank \
    && install --directory --owner=weerklank --group=weerklank --mode=0700 /data
COPY --from=build /opt/weerklank /opt/weerklank

# Nothing is written but below /data and /tmp, so that the rest may be read-only.
ENV PATH=/opt/weerklank/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp WEERKLANK_DATA_DIR=/data
WORKDIR /data
VOLUME /data
USER 10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["weerklank"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
