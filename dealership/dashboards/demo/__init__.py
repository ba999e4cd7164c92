"""An invented store with people, customers and ninety days of work, for a first look."""

from dealership.dashboards.demo import cast
from dealership.dashboards.demo.stage import DemoExists, digest, sign_ins, write_demo

__all__ = ["DemoExists", "cast", "digest", "sign_ins", "write_demo"]
