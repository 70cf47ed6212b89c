# Amparo as an image: built by hash, run by an account of its own on a file system that nobody can write.
# Only three folders change while it runs (data, keys, seals); they are volumes. It needs nothing of /tmp but may have one.
#   docker build --tag amparo .
# To pin the bases beyond doubt give their digests: --build-arg PYTHON=python:3.11.14-slim-bookworm@sha256:...
ARG PYTHON=python:3.11.14-slim-bookworm
ARG NODE=node:22.20.0-bookworm-slim

# The style sheet, its fonts and icons: other people's work, pinned by package-lock.json.
FROM ${NODE} AS assets
WORKDIR /srv/amparo
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error

# The packages, by hash and without building any: this stage has what installs, the last one has not.
FROM ${PYTHON} AS packages
WORKDIR /srv/amparo
COPY boot.txt requirements.txt ./
RUN python3 -m venv .boot \
    && .boot/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --require-hashes -r boot.txt \
    && .boot/bin/uv venv --quiet --no-cache --python "$(command -v python3)" .venv \
    && .boot/bin/uv pip sync --quiet --no-cache --compile-bytecode --require-hashes --only-binary :all: \
        --python .venv/bin/python requirements.txt
COPY pyproject.toml README.md ./
COPY app app
COPY migrations migrations
COPY .ci/assets.py .ci/assets.py
COPY --from=assets /srv/amparo/node_modules node_modules
RUN python3 .ci/assets.py copy \
    && .boot/bin/uv pip install --quiet --no-cache --no-deps --editable . --python .venv/bin/python \
    && .venv/bin/python -m compileall -q app migrations

FROM ${PYTHON}
# What `amparo backup` and `amparo restore` ask PostgreSQL with: of the same release as compose.yaml's server.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-15=15.* \
    && rm -rf /var/lib/apt/lists/*
# A number that nobody else has, and the same in every build, so that volumes stay readable.
RUN groupadd --system --gid 10001 amparo \
    && useradd --system --uid 10001 --gid amparo --home-dir /nonexistent --shell /usr/sbin/nologin amparo \
    && install -d -m 0700 -o amparo -g amparo /var/lib/amparo /var/lib/amparo-keys /var/lib/amparo-seals
WORKDIR /srv/amparo
COPY --from=packages /srv/amparo/.venv .venv
COPY --from=packages /srv/amparo/app app
COPY --from=packages /srv/amparo/migrations migrations
ENV PATH=/srv/amparo/.venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    AMPARO_DATA_DIR=/var/lib/amparo \
    AMPARO_KEYRING_FILE=/var/lib/amparo-keys/keyring.json \
    AMPARO_SEALS_FILE=/var/lib/amparo-seals/audit-seals.txt
VOLUME ["/var/lib/amparo", "/var/lib/amparo-keys", "/var/lib/amparo-seals"]
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
# Alive; whether it is ready to be sent people the proxy asks at /readyz.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["amparo"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
