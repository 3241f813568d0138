"""Drives a server with grpcio through gRPC's interoperability cases; one line of JSON a case."""

import json
import sys
import threading
import time

import grpc
import interop_pb2 as pb
from grpc_pkg.health.v1 import health_pb2
from grpc_pkg.reflection.v1 import reflection_pb2 as reflection
from grpc_pkg.reflection.v1alpha import reflection_pb2 as reflection_alpha

INITIAL = "x-grpc-test-echo-initial"
TRAILING = "x-grpc-test-echo-trailing-bin"
SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
BOUND = 15


class Stub:
    def __init__(self, channel):
        def method(kind, name, request, response, service="grpc.testing.TestService"):
            return getattr(channel, kind)(
                f"/{service}/{name}",
                request_serializer=request.SerializeToString,
                response_deserializer=response.FromString,
            )

        output = (pb.StreamingOutputCallRequest, pb.StreamingOutputCallResponse)
        self.empty = method("unary_unary", "EmptyCall", pb.Empty, pb.Empty)
        self.unary = method("unary_unary", "UnaryCall", pb.SimpleRequest, pb.SimpleResponse)
        self.spread = method("unary_stream", "StreamingOutputCall", *output)
        self.gather = method(
            "stream_unary", "StreamingInputCall", pb.StreamingInputCallRequest, pb.StreamingInputCallResponse)
        self.talk = method("stream_stream", "FullDuplexCall", *output)
        self.no_method = method("unary_unary", "UnimplementedCall", pb.Empty, pb.Empty)
        self.no_service = method(
            "unary_unary", "UnimplementedCall", pb.Empty, pb.Empty, "grpc.testing.UnimplementedService")
        self.check = method(
            "unary_unary", "Check", health_pb2.HealthCheckRequest, health_pb2.HealthCheckResponse, "grpc.health.v1.Health")
        self.watch = method(
            "unary_stream", "Watch", health_pb2.HealthCheckRequest, health_pb2.HealthCheckResponse, "grpc.health.v1.Health")
        self.reflect = method(
            "stream_stream", "ServerReflectionInfo", reflection.ServerReflectionRequest,
            reflection.ServerReflectionResponse, "grpc.reflection.v1.ServerReflection")
        self.reflect_alpha = method(
            "stream_stream", "ServerReflectionInfo", reflection_alpha.ServerReflectionRequest,
            reflection_alpha.ServerReflectionResponse, "grpc.reflection.v1alpha.ServerReflection")


def payload(size):
    return pb.Payload(body=b"\0" * size)


def fails_with(code, call):
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() == code, f"{error.code()}: {error.details()}"
        return error
    raise AssertionError(f"expected {code}")


def asking(*sizes, request_size=0, **options):
    return pb.StreamingOutputCallRequest(
        response_parameters=[pb.ResponseParameters(size=size, **options) for size in sizes],
        payload=payload(request_size))


class Requests:
    """Requests that are sent when the test says so."""

    def __init__(self):
        self._ready = threading.Condition()
        self._items = []

    def send(self, item):
        with self._ready:
            self._items.append(item)
            self._ready.notify()

    def close(self):
        self.send(None)

    def __iter__(self):
        return self

    def __next__(self):
        with self._ready:
            self._ready.wait_for(lambda: self._items, BOUND)
            item = self._items.pop(0) if self._items else None
        if item is None:
            raise StopIteration
        return item


def empty_unary(stub):
    assert stub.empty(pb.Empty(), timeout=BOUND) == pb.Empty()


def large_unary(stub):
    answer = stub.unary(pb.SimpleRequest(response_size=314159, payload=payload(271828)), timeout=BOUND)
    assert len(answer.payload.body) == 314159


def client_streaming(stub):
    sizes = [27182, 8, 1828, 45904]
    requests = (pb.StreamingInputCallRequest(payload=payload(size)) for size in sizes)
    assert stub.gather(requests, timeout=BOUND).aggregated_payload_size == sum(sizes)


def server_streaming(stub):
    sizes = [31415, 9, 2653, 58979]
    assert [len(r.payload.body) for r in stub.spread(asking(*sizes), timeout=BOUND)] == sizes


def ping_pong(stub):
    requests = Requests()
    call = stub.talk(requests, timeout=BOUND)
    for request_size, size in [(27182, 31415), (8, 9), (1828, 2653), (45904, 58979)]:
        requests.send(asking(size, request_size=request_size))
        assert len(next(call).payload.body) == size
    requests.close()
    assert list(call) == []
    assert call.code() == grpc.StatusCode.OK


def empty_stream(stub):
    assert list(stub.talk(iter(()), timeout=BOUND)) == []


def custom_metadata(stub):
    metadata = ((INITIAL, "test_initial_metadata_value"), (TRAILING, b"\xab\xab\xab"))
    _, unary = stub.unary.with_call(pb.SimpleRequest(response_size=314159), metadata=metadata, timeout=BOUND)
    duplex = stub.talk(iter((asking(314159),)), metadata=metadata, timeout=BOUND)
    list(duplex)
    for call in unary, duplex:
        assert dict(call.initial_metadata())[INITIAL] == "test_initial_metadata_value"
        assert dict(call.trailing_metadata())[TRAILING] == b"\xab\xab\xab"


def status_code_and_message(stub):
    status = pb.EchoStatus(code=2, message="test status message")
    first = fails_with(
        grpc.StatusCode.UNKNOWN, lambda: stub.unary(pb.SimpleRequest(response_status=status), timeout=BOUND))
    second = fails_with(
        grpc.StatusCode.UNKNOWN,
        lambda: list(stub.talk(iter((pb.StreamingOutputCallRequest(response_status=status),)), timeout=BOUND)))
    assert first.details() == second.details() == "test status message"


def special_status_message(stub):
    status = pb.EchoStatus(code=2, message=SPECIAL)
    error = fails_with(
        grpc.StatusCode.UNKNOWN, lambda: stub.unary(pb.SimpleRequest(response_status=status), timeout=BOUND))
    assert error.details() == SPECIAL, repr(error.details())


def unimplemented_method(stub):
    fails_with(grpc.StatusCode.UNIMPLEMENTED, lambda: stub.no_method(pb.Empty(), timeout=BOUND))


def unimplemented_service(stub):
    fails_with(grpc.StatusCode.UNIMPLEMENTED, lambda: stub.no_service(pb.Empty(), timeout=BOUND))


def cancel_after_begin(stub):
    requests = Requests()
    call = stub.gather.future(requests)
    call.cancel()
    assert call.cancelled() and call.code() == grpc.StatusCode.CANCELLED
    requests.close()


def cancel_after_first_response(stub):
    requests = Requests()
    call = stub.talk(requests, timeout=BOUND)
    requests.send(asking(31415))
    assert len(next(call).payload.body) == 31415
    call.cancel()
    fails_with(grpc.StatusCode.CANCELLED, lambda: next(call))
    requests.close()


def timeout_on_sleeping_server(stub):
    requests = Requests()
    requests.send(asking(1, interval_us=10_000_000))
    fails_with(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: list(stub.talk(requests, timeout=0.05)))
    requests.close()


def client_compressed_unary(stub):
    request = pb.SimpleRequest(expect_compressed=pb.BoolValue(value=True), response_size=314159, payload=payload(271828))
    answer = stub.unary(request, compression=grpc.Compression.Gzip, timeout=BOUND)
    assert len(answer.payload.body) == 314159


def server_compressed_unary(stub):
    request = pb.SimpleRequest(response_compressed=pb.BoolValue(value=True), response_size=314159)
    assert len(stub.unary(request, timeout=BOUND).payload.body) == 314159


def server_compressed_streaming(stub):
    request = pb.StreamingOutputCallRequest(response_parameters=[
        pb.ResponseParameters(size=31415, compressed=pb.BoolValue(value=True)),
        pb.ResponseParameters(size=92653, compressed=pb.BoolValue(value=False))])
    assert [len(r.payload.body) for r in stub.spread(request, timeout=BOUND)] == [31415, 92653]


def deflate_is_refused(stub):
    error = fails_with(
        grpc.StatusCode.UNIMPLEMENTED,
        lambda: stub.unary(pb.SimpleRequest(payload=payload(10000)), compression=grpc.Compression.Deflate, timeout=BOUND))
    assert "gzip" in error.details()


def concurrent_large_unary(stub):
    calls = [stub.unary.future(pb.SimpleRequest(response_size=100_000, payload=payload(100_000)), timeout=BOUND)
             for _ in range(100)]
    assert all(len(call.result().payload.body) == 100_000 for call in calls)


def health(stub):
    serving = health_pb2.HealthCheckResponse.SERVING
    assert stub.check(health_pb2.HealthCheckRequest(), timeout=BOUND).status == serving
    fails_with(
        grpc.StatusCode.NOT_FOUND, lambda: stub.check(health_pb2.HealthCheckRequest(service="no"), timeout=BOUND))
    watch = stub.watch(health_pb2.HealthCheckRequest(), timeout=BOUND)
    assert next(watch).status == serving
    watch.cancel()


def server_reflection(stub):
    for call, messages in (stub.reflect, reflection), (stub.reflect_alpha, reflection_alpha):
        answers = list(call(iter((
            messages.ServerReflectionRequest(list_services=""),
            messages.ServerReflectionRequest(file_containing_symbol="grpc.testing.TestService"))), timeout=BOUND))
        names = [service.name for service in answers[0].list_services_response.service]
        assert "grpc.testing.TestService" in names, names
        assert b"FullDuplexCall" in answers[1].file_descriptor_response.file_descriptor_proto[0]


CASES = [
    empty_unary, large_unary, client_streaming, server_streaming, ping_pong, empty_stream, custom_metadata,
    status_code_and_message, special_status_message, unimplemented_method, unimplemented_service, cancel_after_begin,
    cancel_after_first_response, timeout_on_sleeping_server, client_compressed_unary, server_compressed_unary,
    server_compressed_streaming, deflate_is_refused, concurrent_large_unary, health, server_reflection,
]


def main():
    with grpc.insecure_channel(sys.argv[1]) as channel:
        stub = Stub(channel)
        for case in CASES:
            start = time.monotonic()
            try:
                case(stub)
                error = None
            except BaseException as exception:  # whatever it is, the test is to show it
                error = f"{type(exception).__name__}: {exception}"
            print(json.dumps({"case": case.__name__, "error": error, "seconds": time.monotonic() - start}), flush=True)


main()
