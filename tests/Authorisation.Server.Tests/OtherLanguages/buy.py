"""Buys a ticket on a card of the demo. Usage: buy.py [demo.json]"""
import json
import sys
import uuid

import grpc
from authorisation.v1 import authorisation_pb2 as pb

demo = json.load(open(sys.argv[1] if len(sys.argv) > 1 else ".run/demo.json"))
jamtland = demo["operators"]["jamtland"]

channel = grpc.insecure_channel(demo["grpc"].removeprefix("http://").rstrip("/"))
authorise = channel.unary_unary(
    "/authorisation.v1.AuthorisationService/Authorise",
    request_serializer=pb.AuthoriseRequest.SerializeToString,
    response_deserializer=pb.AuthoriseResponse.FromString)

request = pb.AuthoriseRequest(
    authorisation_id=str(uuid.uuid4()),  # save it before you send: a retry carries the same
    card_number=jamtland["card"]["card_number"],
    amount_minor=4200,  # 42.00 kr
    currency=jamtland["currency"],
    product="single-adult")
token = [("authorization", "Bearer " + jamtland["validator_token"])]

for tries_left in (2, 1, 0):
    try:
        answer = authorise(request, metadata=token, timeout=10)
        break
    except grpc.RpcError as error:
        if tries_left == 0 or error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
            raise

print(pb.Decision.Name(answer.decision), answer.credit.remaining_minor, "left in", answer.credit.month)
