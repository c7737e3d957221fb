"""``odoo-bin`` with kill points: ``launch.py FOLDER PLACE[,PLACE] [arguments of odoo-bin]``.

The places are installed in every registry the server loads, in its HTTP and cron threads alike.
"""

import sys
from pathlib import Path


def main(folder: str, places: list[str], arguments: list[str]) -> None:
    from odoo.cli.command import main as odoo_main
    from odoo.modules.registry import Registry

    from harness.kill_points import install

    load = Registry.new.__func__

    @classmethod
    def new(cls, *args, **kwargs):
        registry = load(cls, *args, **kwargs)
        install(registry, places, folder)
        return registry

    Registry.new = new
    sys.argv = ["odoo-bin", *arguments]
    odoo_main()


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    main(sys.argv[1], sys.argv[2].split(","), sys.argv[3:])
