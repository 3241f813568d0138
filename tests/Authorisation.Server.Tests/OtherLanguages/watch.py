"""Watches cards as an integrator's validator would: Debian's grpcio, and messages that protoc made of proto/.

Usage: watch.py <directory of generated modules> <host:port>, with one JSON object of inputs on standard input: a token,
the version to resume from, a card and the reason to wait for. Prints one JSON object of what it was sent until then.
"""
import json
import sys

sys.path.insert(0, sys.argv[1])

import grpc
from authorisation.v1 import authorisation_pb2 as v1
from authorisation.v1 import offline_pb2 as offline

TIMEOUT_S = 15

given = json.load(sys.stdin)
cards, version, markers = {}, given["after"], []
with grpc.insecure_channel(sys.argv[2]) as channel:
    watch = channel.unary_stream(
        "/authorisation.v1.OfflineService/WatchCards",
        request_serializer=offline.WatchCardsRequest.SerializeToString,
        response_deserializer=offline.CardUpdate.FromString,
    )
    updates = watch(
        offline.WatchCardsRequest(after_version=version), timeout=TIMEOUT_S,
        metadata=[("authorization", "Bearer " + given["token"])])
    for update in updates:
        version = update.version
        if update.reset:
            markers.append("reset")
            cards.clear()
        elif update.up_to_date:
            markers.append("up_to_date")
        else:
            cards[update.card_number] = {
                "denied": update.denied,
                "reason": v1.DeclineReason.Name(update.reason),
                "lapses_at": update.lapses_at.ToJsonString() if update.HasField("lapses_at") else None,
            }
        known = cards.get(given["card"])
        if "up_to_date" in markers and known is not None and known["reason"] == given["reason"]:
            break
    updates.cancel()

print(json.dumps({"cards": cards, "version": version, "markers": markers}))
