// Drives a server with grpc-js through gRPC's interoperability cases; one line of JSON a case.
'use strict';

const assert = require('node:assert');
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const [, , address, protoDirectory, ownProtos] = process.argv;
const INITIAL = 'x-grpc-test-echo-initial';
const TRAILING = 'x-grpc-test-echo-trailing-bin';
const SPECIAL = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n';

const load = (file, directory) => grpc.loadPackageDefinition(
  protoLoader.loadSync(path.join(directory, file), { keepCase: true, defaults: true, oneofs: true, enums: String, includeDirs: [directory] }));
const testing = load('interop.proto', protoDirectory).grpc.testing;
const health = load('grpc/health/v1/health.proto', ownProtos).grpc.health.v1;
const reflection = load('grpc/reflection/v1/reflection.proto', ownProtos).grpc.reflection.v1;

const insecure = grpc.credentials.createInsecure();
const stub = new testing.TestService(address, insecure);
const deadline = (milliseconds = 15000) => ({ deadline: Date.now() + milliseconds });
const payload = size => ({ body: Buffer.alloc(size) });
const asking = (...sizes) => ({ response_parameters: sizes.map(size => ({ size })) });

function unary(client, method, request, metadata = new grpc.Metadata(), options = deadline()) {
  return new Promise((resolve, reject) => {
    const seen = {};
    const call = client[method](request, metadata, options, (error, response) =>
      setImmediate(() => error ? reject(error) : resolve({ response, ...seen })));
    call.on('metadata', initial => { seen.initial = initial; });
    call.on('status', status => { seen.status = status; });
  });
}

// What a stream of responses brings, in order, and how it ends.
function collect(call, onData = () => {}) {
  return new Promise((resolve, reject) => {
    const messages = [];
    const seen = {};
    call.on('metadata', initial => { seen.initial = initial; });
    call.on('data', message => { messages.push(message); onData(message, messages.length); });
    call.on('error', reject);
    call.on('status', status => {
      if (status.code === grpc.status.OK) setImmediate(() => resolve({ messages, status, ...seen }));
    });
  });
}

async function failsWith(code, promise) {
  const error = await promise.then(() => { throw new Error(`expected ${grpc.status[code]}`); }, e => e);
  assert.strictEqual(error.code, code, error.message);
  return error;
}

const sizesOf = messages => messages.map(message => message.payload.body.length);

const cases = {
  async empty_unary() { await unary(stub, 'EmptyCall', {}); },
  async large_unary() {
    const { response } = await unary(stub, 'UnaryCall', { response_size: 314159, payload: payload(271828) });
    assert.strictEqual(response.payload.body.length, 314159);
  },
  async client_streaming() {
    const sizes = [27182, 8, 1828, 45904];
    const response = await new Promise((resolve, reject) => {
      const call = stub.StreamingInputCall(deadline(), (error, value) => error ? reject(error) : resolve(value));
      sizes.forEach(size => call.write({ payload: payload(size) }));
      call.end();
    });
    assert.strictEqual(response.aggregated_payload_size, 74922);
  },
  async server_streaming() {
    const sizes = [31415, 9, 2653, 58979];
    const { messages } = await collect(stub.StreamingOutputCall(asking(...sizes), deadline()));
    assert.deepStrictEqual(sizesOf(messages), sizes);
  },
  async ping_pong() {
    const sizes = [31415, 9, 2653, 58979];
    const call = stub.FullDuplexCall(deadline());
    const done = collect(call, (_, count) => count < sizes.length ? call.write(asking(sizes[count])) : call.end());
    call.write(asking(sizes[0]));
    assert.deepStrictEqual(sizesOf((await done).messages), sizes);
  },
  async empty_stream() {
    const call = stub.FullDuplexCall(deadline());
    call.end();
    assert.deepStrictEqual((await collect(call)).messages, []);
  },
  async custom_metadata() {
    const metadata = new grpc.Metadata();
    metadata.set(INITIAL, 'test_initial_metadata_value');
    metadata.set(TRAILING, Buffer.from([0xab, 0xab, 0xab]));
    const duplex = stub.FullDuplexCall(metadata, deadline());
    const done = collect(duplex);
    duplex.write(asking(314159));
    duplex.end();
    for (const call of [await unary(stub, 'UnaryCall', { response_size: 314159 }, metadata), await done]) {
      assert.deepStrictEqual(call.initial.get(INITIAL), ['test_initial_metadata_value']);
      assert.deepStrictEqual(call.status.metadata.get(TRAILING), [Buffer.from([0xab, 0xab, 0xab])]);
    }
  },
  async status_code_and_message() {
    const response_status = { code: 2, message: 'test status message' };
    const first = await failsWith(grpc.status.UNKNOWN, unary(stub, 'UnaryCall', { response_status }));
    const call = stub.FullDuplexCall(deadline());
    call.write({ response_status });
    call.end();
    const second = await failsWith(grpc.status.UNKNOWN, collect(call));
    assert.strictEqual(first.details, 'test status message');
    assert.strictEqual(second.details, 'test status message');
  },
  async special_status_message() {
    const error = await failsWith(
      grpc.status.UNKNOWN, unary(stub, 'UnaryCall', { response_status: { code: 2, message: SPECIAL } }));
    assert.strictEqual(error.details, SPECIAL);
  },
  async unimplemented_method() { await failsWith(grpc.status.UNIMPLEMENTED, unary(stub, 'UnimplementedCall', {})); },
  async unimplemented_service() {
    const other = new testing.UnimplementedService(address, insecure);
    await failsWith(grpc.status.UNIMPLEMENTED, unary(other, 'UnimplementedCall', {}));
    other.close();
  },
  async cancel_after_begin() {
    await failsWith(grpc.status.CANCELLED, new Promise((resolve, reject) => {
      const call = stub.StreamingInputCall(deadline(), (error, value) => error ? reject(error) : resolve(value));
      call.cancel();
    }));
  },
  async cancel_after_first_response() {
    const call = stub.FullDuplexCall(deadline());
    call.write(asking(31415));
    await failsWith(grpc.status.CANCELLED, collect(call, () => call.cancel()));
  },
  async timeout_on_sleeping_server() {
    const call = stub.FullDuplexCall(deadline(50));
    call.write({ response_parameters: [{ size: 1, interval_us: 10000000 }] });
    await failsWith(grpc.status.DEADLINE_EXCEEDED, collect(call));
  },
  async client_compressed_unary() {
    const compressed = new testing.TestService(
      address, insecure, { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip });
    const { response } = await unary(
      compressed, 'UnaryCall', { expect_compressed: { value: true }, response_size: 314159, payload: payload(271828) });
    assert.strictEqual(response.payload.body.length, 314159);
    compressed.close();
  },
  async server_compressed_unary() {
    const { response } = await unary(stub, 'UnaryCall', { response_compressed: { value: true }, response_size: 314159 });
    assert.strictEqual(response.payload.body.length, 314159);
  },
  async concurrent_large_unary() {
    const calls = Array.from({ length: 100 }, () =>
      unary(stub, 'UnaryCall', { response_size: 100000, payload: payload(100000) }));
    for (const { response } of await Promise.all(calls)) assert.strictEqual(response.payload.body.length, 100000);
  },
  async health() {
    const client = new health.Health(address, insecure);
    assert.strictEqual((await unary(client, 'Check', { service: '' })).response.status, 'SERVING');
    await failsWith(grpc.status.NOT_FOUND, unary(client, 'Check', { service: 'no' }));
    const watch = client.Watch({ service: '' }, deadline());
    await failsWith(grpc.status.CANCELLED, collect(watch, message => {
      assert.strictEqual(message.status, 'SERVING');
      watch.cancel();
    }));
    client.close();
  },
  async server_reflection() {
    const client = new reflection.ServerReflection(address, insecure);
    const call = client.ServerReflectionInfo(deadline());
    call.write({ list_services: '' });
    call.end();
    const { messages } = await collect(call);
    const names = messages[0].list_services_response.service.map(service => service.name);
    assert.ok(names.includes('grpc.testing.TestService'), names.join());
    client.close();
  },
};

(async () => {
  for (const [name, run] of Object.entries(cases)) {
    const start = Date.now();
    const error = await run().then(() => null, e => String(e.stack || e));
    console.log(JSON.stringify({ case: name, error, seconds: (Date.now() - start) / 1000 }));
  }
  stub.close();
})();
