"""The parts of the company that come with Zoco; later areas bring their own as plugs."""

from zoco.testing.company.parts import consent, robots, shop, speed, web

__all__ = ["consent", "robots", "shop", "speed", "web"]
