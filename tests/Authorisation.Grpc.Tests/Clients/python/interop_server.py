"""A grpcio server of gRPC's interoperability cases; prints its port and serves until its input ends."""

import sys
import time
from concurrent import futures

import grpc
import interop_pb2 as pb

INITIAL = "x-grpc-test-echo-initial"
TRAILING = "x-grpc-test-echo-trailing-bin"
CODES = {code.value[0]: code for code in grpc.StatusCode}


def echo_metadata(context):
    metadata = dict(context.invocation_metadata())
    if INITIAL in metadata:
        context.send_initial_metadata(((INITIAL, metadata[INITIAL]),))
    if TRAILING in metadata:
        context.set_trailing_metadata(((TRAILING, metadata[TRAILING]),))


def fail_if_asked(request, context):
    if request.response_status.code:
        context.abort(CODES[request.response_status.code], request.response_status.message)


def empty(request, context):
    return pb.Empty()


def unary(request, context):
    echo_metadata(context)
    fail_if_asked(request, context)
    if request.response_compressed.value:
        context.set_compression(grpc.Compression.Gzip)
    return pb.SimpleResponse(payload=pb.Payload(body=b"\0" * request.response_size))


def respond(request, context):
    fail_if_asked(request, context)
    for parameters in request.response_parameters:
        time.sleep(parameters.interval_us / 1e6)
        yield pb.StreamingOutputCallResponse(payload=pb.Payload(body=b"\0" * parameters.size))


def spread(request, context):
    echo_metadata(context)
    yield from respond(request, context)


def gather(requests, context):
    echo_metadata(context)
    return pb.StreamingInputCallResponse(aggregated_payload_size=sum(len(r.payload.body) for r in requests))


def talk(requests, context):
    echo_metadata(context)
    for request in requests:
        yield from respond(request, context)


def handler(kind, function, request, response):
    return getattr(grpc, f"{kind}_rpc_method_handler")(
        function, request_deserializer=request.FromString, response_serializer=response.SerializeToString)


def main():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
    output = (pb.StreamingOutputCallRequest, pb.StreamingOutputCallResponse)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("grpc.testing.TestService", {
        "EmptyCall": handler("unary_unary", empty, pb.Empty, pb.Empty),
        "UnaryCall": handler("unary_unary", unary, pb.SimpleRequest, pb.SimpleResponse),
        "StreamingOutputCall": handler("unary_stream", spread, *output),
        "StreamingInputCall": handler("stream_unary", gather, pb.StreamingInputCallRequest, pb.StreamingInputCallResponse),
        "FullDuplexCall": handler("stream_stream", talk, *output),
    }),))
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    sys.stdin.read()
    server.stop(None)


main()
