"""The warehouse of docker-compose.yml, as README.md starts it."""

import json
import socket

import pytest

from tests.docker.site import AWKWARD, PORT, REPORT_PASSWORD, lgs_excel, wait_until
from tests.loading.exports import invoice, write_csv

WRONG = AWKWARD[1:]


@pytest.fixture(scope="module")
def up(site):
    """The site with the warehouse up, and three lines in it."""
    site.compose("up", "--detach", "--wait")
    write_csv(site.folder / "sales.csv", invoice("536365"))
    done = lgs_excel(site, "load", site.folder / "sales.csv")
    assert done.returncode == 0, done.stderr
    return site


def identity(site):
    return site.inspect("warehouse", "{{.Id}} {{.State.StartedAt}}")


def test_compose_takes_the_file_and_keeps_awkward_passwords_as_they_are(site):
    service = json.loads(site.compose("config", "--format", "json"))["services"]["warehouse"]
    said = service["environment"]
    # A $ is doubled there, so that the file could be read again.
    assert said["POSTGRES_PASSWORD"].replace("$$", "$") == AWKWARD
    assert said["LGS_REPORT_PASSWORD"].replace("$$", "$") == REPORT_PASSWORD


def test_without_a_password_nothing_starts(site):
    said = site.compose("--env-file", ".env.example", "config", check=False)
    assert "LGS_DB_PASSWORD" in said or "LGS_REPORT_PASSWORD" in said  # whichever it comes to first
    assert "set it in .env" in said


def test_it_is_healthy_once_it_is_up(up):
    assert up.inspect("warehouse", "{{.State.Health.Status}}") == "healthy"
    assert up.sql("SELECT count(*) FROM retail") == "3"


def test_a_wrong_password_is_refused(up):
    with pytest.raises(RuntimeError, match="password authentication failed"):
        up.sql("SELECT 1", password=WRONG)


def test_the_reporting_role_reads_what_was_loaded_after_it_was_made(up):
    assert up.sql("SELECT count(*) FROM retail", "lgs_report", REPORT_PASSWORD) == "3"


def test_the_reporting_role_has_temporary_tables(up):
    said = up.sql("CREATE TEMPORARY TABLE t AS SELECT 1; SELECT count(*) FROM t", "lgs_report", REPORT_PASSWORD)
    assert said.endswith("1")


@pytest.mark.parametrize("statement", ["DELETE FROM retail", "CREATE TABLE t (n int)", "DROP TABLE retail"])
def test_the_reporting_role_writes_nothing(up, statement):
    with pytest.raises(RuntimeError, match=r"permission denied|must be owner"):
        up.sql(statement, "lgs_report", REPORT_PASSWORD)


def test_only_this_machine_reaches_its_port(up):
    address = up.docker("network", "inspect", "bridge", "--format", "{{range .IPAM.Config}}{{.Gateway}}{{end}}")
    with socket.create_connection(("127.0.0.1", PORT), timeout=5):
        pass
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((address.strip(), PORT), timeout=5)


def test_it_runs_with_no_more_rights_than_it_needs(up):
    said = up.compose("exec", "-T", "warehouse", "sh", "-c", "grep -E '^(Cap(Eff|Prm)|NoNewPrivs|Uid)' /proc/1/status")
    values = {line.split(":")[0]: line.split(":")[1].split()[0] for line in said.splitlines()}
    assert int(values["CapEff"], 16) == int(values["CapPrm"], 16) == 0
    assert values["NoNewPrivs"] == "1"
    assert values["Uid"] != "0"


def test_nothing_but_its_volume_can_be_written_to(up):
    said = up.compose("exec", "-T", "warehouse", "touch", "/usr/local/bin/planted", check=False)
    assert "Read-only file system" in said


def test_up_again_changes_nothing(up):
    before = identity(up)
    up.compose("up", "--detach", "--wait")
    assert identity(up) == before


def test_what_was_loaded_outlives_a_restart(up):
    up.compose("restart", "warehouse")
    up.compose("up", "--detach", "--wait")
    assert up.sql("SELECT count(*) FROM retail") == "3"


def test_what_was_loaded_outlives_its_container(up):
    before = identity(up)
    up.compose("down")
    up.compose("up", "--detach", "--wait")
    assert identity(up) != before
    assert up.sql("SELECT count(*) FROM retail") == "3"


def test_a_stop_is_a_clean_one(up):
    up.compose("stop", "warehouse")
    log = up.compose("logs", "--no-log-prefix", "--tail", "3", "warehouse")
    assert "database system is shut down" in log
    assert up.inspect("warehouse", "{{.State.ExitCode}}") == "0"
    up.compose("up", "--detach", "--wait")


def test_the_script_run_again_gives_the_reporting_role_its_new_password(up):
    changed = REPORT_PASSWORD + "2"
    up.set(LGS_REPORT_PASSWORD=changed)
    up.compose("up", "--detach", "--wait")
    up.compose("exec", "-T", "warehouse", "sh", "/docker-entrypoint-initdb.d/init-reporting-role.sh")
    assert up.sql("SELECT count(*) FROM retail", "lgs_report", changed) == "3"
    with pytest.raises(RuntimeError, match="password authentication failed"):
        up.sql("SELECT 1", "lgs_report", REPORT_PASSWORD)
    up.set(LGS_REPORT_PASSWORD=REPORT_PASSWORD)
    up.compose("up", "--detach", "--wait")
    up.compose("exec", "-T", "warehouse", "sh", "/docker-entrypoint-initdb.d/init-reporting-role.sh")


def test_the_doctor_of_another_machine_finds_the_warehouse_well(up):
    findings = json.loads(lgs_excel(up, "doctor", "--format", "json").stdout)
    (found,) = [finding for finding in findings if finding["name"] == "Warehouse"]
    assert found["level"] == "ok"
    assert found["found"].startswith("3 lines in ")


def test_the_doctor_says_that_a_password_is_wrong(up):
    findings = json.loads(lgs_excel(up, "doctor", "--format", "json", password=WRONG).stdout)
    (found,) = [finding for finding in findings if finding["name"] == "Warehouse"]
    assert found["level"] == "bad"
    assert "password authentication failed" in found["found"]


def test_the_volume_of_an_older_version_is_refused_and_a_dump_moves_it(up):
    """As docs/it-guide.md says it, with the version before that is to be had here."""
    up.compose("down", "--volumes")
    old = ("run", "--detach", "--name", "old", "--volume", "lgs_warehouse:/var/lib/postgresql/data",
           "--env", "PGDATA=/var/lib/postgresql/data", "--env", "POSTGRES_USER=lgs", "--env", "POSTGRES_DB=lgs",
           "--env", f"POSTGRES_PASSWORD={AWKWARD}", "postgres:16")  # fmt: skip
    up.docker(*old)
    try:
        psql = ("exec", "old", "psql", "--host=127.0.0.1", "--username=lgs", "lgs")
        wait_until(lambda: "one" in up.docker(*psql, "--command", "SELECT 1 AS one", check=False))
        up.docker(*psql, "--command", "CREATE TABLE retail AS SELECT 7 AS quantity")
        up.docker("stop", "old")
        assert "unhealthy" in up.compose("up", "--detach", "--wait", check=False)
        assert "has the data of PostgreSQL 16" in up.compose("logs", "warehouse")
        up.compose("down")

        up.docker("start", "old")
        wait_until(lambda: "one" in up.docker(*psql, "--command", "SELECT 1 AS one", check=False))
        dump = up.docker("exec", "old", "pg_dump", "--username=lgs", "--no-owner", "--no-privileges", "lgs")
    finally:
        up.docker("rm", "--force", "old")
    up.docker("volume", "rm", "lgs_warehouse")
    up.compose("up", "--detach", "--wait")
    psql = ("exec", "-T", "warehouse", "psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--username=lgs", "lgs")
    up.compose(*psql, said=dump)
    assert up.sql("SELECT quantity FROM retail", "lgs_report", REPORT_PASSWORD) == "7"
