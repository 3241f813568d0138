"""Streams purchases to the server as a gateway would: Debian's grpcio, and messages that protoc made of proto/.

Usage: stream.py <directory of generated modules> <host:port>, with one JSON object of inputs on standard input.
Prints one JSON object of what came back.
"""
import json
import sys
import uuid

sys.path.insert(0, sys.argv[1])

import grpc
from authorisation.v1 import authorisation_pb2 as v1

TIMEOUT_S = 30

given = json.load(sys.stdin)
ids = [str(uuid.uuid4()) for _ in range(given["purchases"])]


def purchases():
    for place, purchase_id in enumerate(ids):
        bad = place % 10 == 3
        yield v1.AuthoriseRequest(
            authorisation_id=purchase_id, card_number=given["card"], amount_minor=-1 if bad else 100, currency="SEK")
    for purchase_id in ids[:1]:
        yield v1.AuthoriseRequest(
            authorisation_id=purchase_id, card_number=given["card"], amount_minor=100, currency="SEK")


with grpc.insecure_channel(sys.argv[2]) as channel:
    stream = channel.stream_stream(
        "/authorisation.v1.AuthorisationService/AuthoriseStream",
        request_serializer=v1.AuthoriseRequest.SerializeToString,
        response_deserializer=v1.AuthoriseStreamResponse.FromString,
    )(purchases(), timeout=TIMEOUT_S, metadata=[("authorization", "Bearer " + given["token"])])
    answers = {answer.index: answer for answer in stream}
    code = stream.code().name

of_first = [answers[0].response, answers[len(ids)].response]
print(json.dumps({
    "code": code,
    "answers": len(answers),
    "paired": all(answers[place].authorisation_id == purchase_id for place, purchase_id in enumerate(ids)),
    "approved": sum(answer.response.decision == v1.DECISION_APPROVED for answer in answers.values()),
    "errors": sorted({(answer.error.code, answer.error.reason, answer.error.violations[0].field)
                      for answer in answers.values() if answer.HasField("error")}),
    "replayed": sorted(response.replayed for response in of_first),
}))
