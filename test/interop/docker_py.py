"""What docker-py (Debian's python3-docker or PyPI's docker) gets from an engine, as JSON; the test compares it."""
import io
import json
import sys
import tarfile
import threading

import docker

client = docker.DockerClient(base_url=sys.argv[1], version="auto", timeout=60)
result = {}


def archive(name, data):
    """A tar archive with one file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def containers():
    result["run"] = sorted(client.containers.run("busybox", ["sh", "-c", "echo out; echo err >&2"], remove=True, stderr=True).decode().split())
    try:
        client.containers.run("busybox", ["sh", "-c", "echo bad >&2; exit 3"], remove=True)
    except docker.errors.ContainerError as error:
        result["failure"] = [error.exit_status, error.stderr.decode()]
    try:
        client.containers.get("nosuch")
    except docker.errors.NotFound as error:
        result["missing"] = error.explanation
    box = client.containers.run("busybox", ["sh", "-c", "trap 'exit 9' TERM; echo ready; while :; do sleep 0.1; done"], detach=True, name="py", labels={"of": "py"}, mem_limit="64m")
    result["logs"] = [next(box.logs(stream=True, follow=True)).decode(), box.status]
    box.reload()
    result["state"] = [box.status, box.attrs["HostConfig"]["Memory"], [each.name for each in client.containers.list(filters={"label": "of=py"})]]
    return box


def execs(box):
    done = box.exec_run(["sh", "-c", "echo a; echo b >&2; exit 4"], demux=True)
    result["exec"] = [done.exit_code, done.output[0].decode(), done.output[1].decode()]
    streamed = box.exec_run(["sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.05; done"], stream=True)
    result["exec_stream"] = b"".join(streamed.output).decode()
    as_user = box.exec_run("id -u", user="1000", environment={"A": "b"}, workdir="/tmp")
    result["exec_user"] = as_user.output.decode()


def attached():
    # The program waits for its input first: what comes in one piece with the reply's headers docker-py loses.
    box = client.containers.create("busybox", ["sh", "-c", "read line; echo \"<$line>\""], stdin_open=True)
    stream = box.attach_socket(params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
    box.start()
    getattr(stream, "_sock", stream).sendall(b"typed\n")
    data = b""
    while b">" not in data:
        data += stream.read(4096) if hasattr(stream, "read") else stream.recv(4096)
    result["attach"] = data[8:].decode()
    result["attach_exit"] = box.wait()["StatusCode"]
    box.remove()


def files(box):
    result["put"] = box.put_archive("/tmp", archive("hello", b"from here"))
    chunks, stat = box.get_archive("/tmp/hello")
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as tar:
        result["get"] = [tar.extractfile("hello").read().decode(), stat["name"], stat["size"]]
    result["diff"] = sorted(change["Path"] for change in box.diff() if change["Path"].startswith("/tmp"))
    box.commit(repository="py", tag="1")


def health():
    sick = client.containers.run(
        "busybox", ["sleep", "1000"], detach=True,
        healthcheck={"test": ["CMD-SHELL", "test -e /tmp/well"], "interval": 100_000_000, "timeout": 5_000_000_000, "retries": 1},
    )
    events = client.events(decode=True, filters={"container": sick.id, "event": "health_status"})
    states = []
    for event in events:
        states.append(event["status"])
        if len(states) == 1:
            sick.exec_run("touch /tmp/well")
        if event["status"].endswith(": healthy"):
            break
    events.close()
    sick.reload()
    result["health"] = [states[0], states[-1], sick.attrs["State"]["Health"]["Status"]]
    sick.remove(force=True)


def images_and_volumes():
    image = client.images.get("py:1")
    result["image"] = [image.tags, image.attrs["Os"]]
    saved = b"".join(image.save(named=True))
    client.images.remove("py:1")
    result["loaded"] = [tag for each in client.images.load(saved) for tag in each.tags]
    client.images.remove("py:1")
    volume = client.volumes.create("pyvolume", labels={"a": "b"})
    result["volume"] = [volume.name, client.containers.run("busybox", ["sh", "-c", "echo kept > /v/file; cat /v/file"], volumes={"pyvolume": {"bind": "/v", "mode": "rw"}}, remove=True).decode()]
    volume.remove()
    network = client.networks.create("pynet")
    result["network"] = [network.name, network.attrs["Driver"]]
    network.remove()


def endings(box):
    stats = box.stats(stream=False)
    result["stats"] = stats["memory_stats"]["limit"]
    result["top"] = any("sleep" in " ".join(row) for row in box.top()["Processes"])
    box.pause()
    box.reload()
    result["paused"] = box.status
    box.unpause()
    waiting = {}
    waiter = threading.Thread(target=lambda: waiting.update(box.wait()))
    waiter.start()
    box.stop(timeout=10)
    waiter.join()
    result["stopped"] = waiting["StatusCode"]
    box.remove()
    result["left"] = [each.name for each in client.containers.list(all=True)]


result["ping"] = client.ping()
result["version"] = client.version()["Platform"]["Name"]
box = containers()
execs(box)
attached()
files(box)
health()
images_and_volumes()
endings(box)
print(json.dumps(result))
