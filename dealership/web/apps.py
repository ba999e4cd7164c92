from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "dealership.web"

    def ready(self) -> None:
        from dealership.web import checks  # noqa: F401, PLC0415
