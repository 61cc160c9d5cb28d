#!/usr/bin/python3
"""Calls AdmissionService.Evaluate once; prints the reply as JSON.

usage: grpc_call.py ADDRESS REQUEST-JSON
A program of its own, run by the system's Python, which is where Debian's
python3-grpcio is. Exit 3 and the status on stderr where the call fails.
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


def main():
    address, request = sys.argv[1], json.loads(sys.argv[2])
    with tempfile.TemporaryDirectory() as directory:
        pb2 = messages(directory)
        with grpc.insecure_channel(address) as channel:
            evaluate = channel.unary_unary(
                "/plimsoll.v1.AdmissionService/Evaluate",
                request_serializer=pb2.EvaluateRequest.SerializeToString,
                response_deserializer=pb2.EvaluateResponse.FromString,
            )
            message = json_format.ParseDict(request, pb2.EvaluateRequest())
            try:
                reply = evaluate(message, timeout=30)
            except grpc.RpcError as error:
                print(f"{error.code().name}: {error.details()}", file=sys.stderr)
                return 3
        print(json_format.MessageToJson(reply, including_default_value_fields=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
