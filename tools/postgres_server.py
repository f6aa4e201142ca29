"""A PostgreSQL of one's own in a folder, without a port: for benchmarks and for what tortures the feeds."""
import os
import pathlib
import pwd
import shutil
import subprocess


def installed() -> bool:
    return shutil.which("pg_config") is not None and (binaries() / "initdb").exists()


def binaries() -> pathlib.Path:
    return pathlib.Path(subprocess.check_output(["pg_config", "--bindir"], text=True).strip())


class PostgresServer:
    def __init__(self, folder: pathlib.Path, settings: dict[str, str]):
        """The folder is there; whoever runs PostgreSQL must be able to reach it."""
        self.folder = folder
        # It refuses to run as root.
        self.prefix, self.user = ([], pwd.getpwuid(os.geteuid()).pw_name) if os.geteuid() else (["runuser", "-u", "postgres", "--"], "postgres")
        shutil.chown(folder, self.user)
        self.run(binaries() / "initdb", "-D", folder / "db", "-A", "trust", "-U", self.user, "-E", "UTF8", "--no-locale")
        options = " ".join(f"-c {name}={value}" for name, value in settings.items()) + f" -k {folder}"
        self.run(binaries() / "pg_ctl", "-D", folder / "db", "-o", options, "-w", "-l", folder / "log", "start")

    def run(self, *words) -> None:
        subprocess.run([*self.prefix, *map(str, words)], check=True, stdout=subprocess.DEVNULL, cwd="/")

    def psql(self, *statements: str) -> list[str]:
        return [*self.prefix, "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-U", self.user, "-d", "postgres",
                *(word for statement in statements for word in ("-c", statement))]

    def do(self, *statements: str) -> str:
        done = subprocess.run(self.psql(*statements), text=True, capture_output=True, cwd="/")
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def stop(self) -> None:
        self.run(binaries() / "pg_ctl", "-D", self.folder / "db", "-m", "immediate", "stop")
