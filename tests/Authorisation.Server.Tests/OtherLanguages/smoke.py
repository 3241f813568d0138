"""Calls the server as an integrator would: Debian's grpcio, and messages that protoc made of proto/.

Usage: smoke.py <directory of generated modules> <host:port>, with one JSON object of inputs on standard input.
Prints one JSON object of what came back.
"""
import json
import sys
import time
import uuid

sys.path.insert(0, sys.argv[1])

import grpc
from authorisation.v1 import authorisation_pb2 as v1
from authorisation.v1 import offline_pb2 as offline
from google.rpc import error_details_pb2, status_pb2

TIMEOUT_S = 15

given = json.load(sys.stdin)
headers = [("authorization", "Bearer " + given["token"])]


def call(channel, name, request, response):
    method = channel.unary_unary(
        "/authorisation.v1.AuthorisationService/" + name,
        request_serializer=type(request).SerializeToString,
        response_deserializer=response.FromString,
    )
    return method(request, timeout=TIMEOUT_S, metadata=headers)


def advise(channel, *advices):
    method = channel.stream_stream(
        "/authorisation.v1.OfflineService/SubmitAdvices",
        request_serializer=offline.Advice.SerializeToString,
        response_deserializer=offline.AdviceResult.FromString,
    )
    return list(method(iter(advices), timeout=TIMEOUT_S, metadata=headers))


def details_of(error):
    found = {"code": error.code().name, "message": error.details()}
    for key, value in error.trailing_metadata():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                info, bad_request = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
                if detail.Unpack(info):
                    found["domain"], found["reason"] = info.domain, info.reason
                elif detail.Unpack(bad_request):
                    found["fields"] = [violation.field for violation in bad_request.field_violations]
    return found


with grpc.insecure_channel(sys.argv[2]) as channel:
    purchase = v1.AuthoriseRequest(
        authorisation_id=given["id"], card_number=given["card"], amount_minor=3900, currency="SEK", purpose="Åre",
        vat_basis_points=600)
    first = call(channel, "Authorise", purchase, v1.AuthoriseResponse)
    again = call(channel, "Authorise", purchase, v1.AuthoriseResponse)
    credit = call(channel, "GetCredit", v1.GetCreditRequest(card_number=given["card"]), v1.Credit)
    record = call(
        channel, "GetAuthorisation", v1.GetAuthorisationRequest(authorisation_id=given["id"]), v1.AuthorisationRecord)
    try:
        call(channel, "Authorise", v1.AuthoriseRequest(currency="sek"), v1.AuthoriseResponse)
        error = {}
    except grpc.RpcError as e:
        error = details_of(e)

    hold = v1.AuthoriseRequest(
        authorisation_id=str(uuid.uuid4()), card_number=given["card"], amount_minor=1000, currency="SEK", hold=True)
    call(channel, "Authorise", hold, v1.AuthoriseResponse)
    capture = v1.CaptureRequest(
        operation_id=str(uuid.uuid4()), authorisation_id=hold.authorisation_id, amount_minor=700)
    captured = [call(channel, "Capture", capture, v1.OperationResponse) for _ in range(2)]
    try:
        call(channel, "Capture", v1.CaptureRequest(
            operation_id=str(uuid.uuid4()), authorisation_id=hold.authorisation_id), v1.OperationResponse)
        refused = {}
    except grpc.RpcError as e:
        refused = details_of(e)
    voided = call(channel, "Void", v1.VoidRequest(
        operation_id=str(uuid.uuid4()), authorisation_id=hold.authorisation_id), v1.OperationResponse)
    listed = call(channel, "ListAuthorisations", v1.ListAuthorisationsRequest(
        card_number=given["card"]), v1.ListAuthorisationsResponse)

    sold = v1.AuthoriseRequest(
        authorisation_id=str(uuid.uuid4()), card_number=given["card"], amount_minor=900_00, currency="SEK")
    sold.occurred_at.FromSeconds(int(time.time()))
    advised = advise(channel, offline.Advice(purchase=sold), offline.Advice(), offline.Advice(purchase=sold))

print(json.dumps({
    "captured": [[v1.AuthorisationState.Name(one.authorisation.state), one.authorisation.captured_minor, one.replayed]
                 for one in captured],
    "refused": refused,
    "voided": v1.AuthorisationState.Name(voided.authorisation.state),
    "listed": [v1.AuthorisationState.Name(one.state) for one in listed.authorisations],
    "advised": [[one.index, one.recorded.over_limit, one.recorded.replayed, one.error.reason] for one in advised],
    "decision": v1.Decision.Name(first.decision),
    "replayed": [first.replayed, again.replayed],
    "remaining": credit.remaining_minor,
    "state": v1.AuthorisationState.Name(record.state),
    "purpose": record.purpose,
    "error": error,
}))
