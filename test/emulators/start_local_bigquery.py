"""
Starts local-bigquery where DuckDB can't download its extensions: arguments are those of the program.

local-bigquery opens DuckDB with a time zone among the settings, for which DuckDB would look for an extension that this build has in it already; so the zone is set after opening. The extensions that it
does need are taken from the packages that scripts/install-local-bigquery has put beside it.

It looks up a table several times for each statement, by duckdb_tables() and duckdb_views(), which open everything in the project: with four datasets of ours that is a tenth of a second each time. The names
and row counts that it asks for are in DuckLake's own tables, too, where they take five milliseconds.
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
from local_bigquery.engine import database  # noqa: E402

find_objects = database.objects
FOUND = """
SELECT name, kind, rows FROM (
    SELECT schema_id, table_name AS name, 'TABLE' AS kind, coalesce(record_count, 0) AS rows
    FROM {lake}.ducklake_table LEFT JOIN {lake}.ducklake_table_stats USING (table_id)
    WHERE end_snapshot IS NULL
    UNION ALL SELECT schema_id, view_name, 'VIEW', 0 FROM {lake}.ducklake_view WHERE end_snapshot IS NULL
) JOIN {lake}.ducklake_schema USING (schema_id)
WHERE end_snapshot IS NULL AND schema_name = $1 AND name = coalesce($2, name)
ORDER BY name
"""


def objects(project, dataset, table=None):
    if project not in database._attached:
        return find_objects(project, dataset, table)
    lake = database.quote(f"__ducklake_metadata_{project}")
    return database.fetch(FOUND.format(lake=lake), [dataset, table])


database.objects = objects

sys.exit(main())
