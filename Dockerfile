# Two stages: node makes the style sheet, python runs the platform. Neither node nor a compiler is in the result.
FROM node:24-slim AS styles
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY devtools/styles.mjs devtools/
COPY static static
RUN node devtools/styles.mjs

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=config.settings.production
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
COPY --from=styles /app/static/build static/build
RUN python -m babel.messages.frontend compile --domain django --directory locale
# Collecting needs settings but no secrets: these values exist in this one step only.
RUN SECRET_KEY=build ALLOWED_HOSTS=build SITE_URL=https://build EMAIL_HOST=build DATABASE_URL=postgresql:///build \
    python manage.py collectstatic --noinput --ignore src
RUN useradd --system --no-create-home rapport
USER rapport
EXPOSE 8000
CMD ["gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
