# The house in a container: one image for web, worker and beat.

FROM node:20-slim AS browser
WORKDIR /srv/app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim AS packages
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt /tmp/
RUN pip install --no-cache-dir -r /tmp/requirements.txt

FROM python:3.11-slim
# Pango sets the PDFs.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 1000 showroom \
    && useradd --uid 1000 --gid showroom --home-dir /srv/app --no-create-home --shell /usr/sbin/nologin showroom \
    && mkdir -p /srv/app /srv/private \
    && chown showroom:showroom /srv/private
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=dealership.settings.prod \
    HOST=0.0.0.0 \
    PORT=8000 \
    PRIVATE_DIR=/srv/private
WORKDIR /srv/app
COPY --from=packages /opt/venv /opt/venv
COPY . .
COPY --from=browser /srv/app/node_modules node_modules
# The settings of production refuse an empty set-up: these values serve this one step and stay in
# no layer. What the browser needs is in staticfiles/ afterwards.
RUN SECRET_KEY="$(head -c 48 /dev/urandom | base64 -w0)" \
    ALLOWED_HOSTS=localhost \
    DATABASE_URL=postgres://nobody@localhost/none \
    REDIS_URL=redis://localhost \
    ALLOW_SMS_SIMULATOR=1 \
    sh -c 'python manage.py compile_translations && python manage.py make_fonts && python manage.py collectstatic --noinput'
USER showroom
EXPOSE 8000
VOLUME /srv/private
CMD ["gunicorn", "-c", "python:dealership.serving", "dealership.wsgi"]
