#!/usr/bin/python3
"""Calls AdmissionService.Evaluate; prints the reply as JSON.

usage: grpc_call.py ADDRESS REQUEST-JSON
       grpc_call.py ADDRESS -   requests from stdin, replies on stdout, one a line
A program of its own, run by the system's Python, which is where Debian's
python3-grpcio is. Where the call fails: exit 3 and the status on stderr; of
many, {"error": STATUS} as the reply.
"""

import importlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import grpc
from google.protobuf import json_format

PROTO = Path(__file__).resolve().parents[3] / "proto"
FILES = ["plimsoll/v1/decision.proto", "plimsoll/v1/admission.proto"]


def messages(directory):
    subprocess.run(
        ["protoc", f"--proto_path={PROTO}", f"--python_out={directory}", *FILES],
        check=True,
    )
    sys.path.insert(0, directory)
    return importlib.import_module("plimsoll.v1.admission_pb2")


class Admission:
    """The service at an address, called with values."""

    def __init__(self, channel, pb2):
        self._pb2 = pb2
        self._evaluate = channel.unary_unary(
            "/plimsoll.v1.AdmissionService/Evaluate",
            request_serializer=pb2.EvaluateRequest.SerializeToString,
            response_deserializer=pb2.EvaluateResponse.FromString,
        )

    def evaluate(self, request):
        message = json_format.ParseDict(request, self._pb2.EvaluateRequest())
        reply = self._evaluate(message, timeout=30)
        return json_format.MessageToDict(reply, including_default_value_fields=True)


def status_of(error):
    return f"{error.code().name}: {error.details()}"


def answer_lines(admission):
    for line in sys.stdin:
        try:
            reply = admission.evaluate(json.loads(line))
        except grpc.RpcError as error:
            reply = {"error": status_of(error)}
        print(json.dumps(reply), flush=True)


def main():
    address, request = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as directory:
        pb2 = messages(directory)
        with grpc.insecure_channel(address) as channel:
            admission = Admission(channel, pb2)
            if request == "-":
                answer_lines(admission)
                return 0
            try:
                reply = admission.evaluate(json.loads(request))
            except grpc.RpcError as error:
                print(status_of(error), file=sys.stderr)
                return 3
    print(json.dumps(reply, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
