"""
Starts local-bigquery where DuckDB can't download its extensions: arguments are those of the program.

local-bigquery opens DuckDB with a time zone among the settings, for which DuckDB would look for an extension that this build has in it already; so the zone is set after opening. The extensions that it
does need are taken from the packages that scripts/install-local-bigquery has put beside it.
"""

import pathlib
import sys
import sysconfig
import tempfile

import duckdb

PACKAGES = pathlib.Path(sysconfig.get_path("purelib"))
EXTENSIONS = sorted(PACKAGES.glob(f"duckdb_extension_*/extensions/v{duckdb.__version__}/*.duckdb_extension"))

open_database = duckdb.connect
folder = tempfile.mkdtemp(prefix="duckdb-extensions-")
installed: set[pathlib.Path] = set()


def connect(*arguments, config=None, **options):
    settings = dict(config or {})
    zone = settings.pop("TimeZone", None)
    connection = open_database(*arguments, config=settings, **options)
    connection.execute(f"SET extension_directory = '{folder}'")
    for extension in EXTENSIONS:
        if extension not in installed:
            # By INSTALL, so that the program's own INSTALL finds it there.
            connection.execute(f"INSTALL '{extension}'")
            installed.add(extension)
        connection.execute(f"LOAD '{extension}'")
    if zone:
        connection.execute(f"SET TimeZone = '{zone}'")
    return connection


duckdb.connect = connect

from local_bigquery.cli import main  # noqa: E402  (after connect has been replaced)

sys.exit(main())
