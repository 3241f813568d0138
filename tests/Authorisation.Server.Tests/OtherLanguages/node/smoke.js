// Calls the server as an integrator would: grpc-js, and what proto-loader reads in proto/.
//
// Usage: smoke.js <directory of proto/> <host:port>, with one JSON object of inputs on standard input.
// Prints one JSON object of what came back.
'use strict';

const { randomUUID } = require('node:crypto');
const { readFileSync } = require('node:fs');
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');
const protobuf = require('protobufjs');

const [, , protos, address] = process.argv;
const given = JSON.parse(readFileSync(0, 'utf8'));
const definition = protoLoader.loadSync(
  ['authorisation/v1/authorisation.proto', 'authorisation/v1/offline.proto'],
  { keepCase: true, defaults: true, oneofs: true, enums: String, longs: Number, includeDirs: [protos] });
const v1 = grpc.loadPackageDefinition(definition).authorisation.v1;
const client = (service, options = {}) => new v1[service](address, grpc.credentials.createInsecure(), options);
const purchases = client('AuthorisationService');
const compressed = client('AuthorisationService', { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip });
const offline = client('OfflineService');

const headers = (token = given.token) => {
  const metadata = new grpc.Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return metadata;
};
const options = (milliseconds = 15000) => ({ deadline: Date.now() + milliseconds });
const purchase = more => ({
  authorisation_id: randomUUID(), card_number: given.card, amount_minor: 1000, currency: 'SEK', purpose: 'Åre', ...more,
});

const unary = (stub, method, request, metadata = headers()) => new Promise((resolve, reject) =>
  stub[method](request, metadata, options(), (error, response) => error ? reject(error) : resolve(response)));

// What a call brings, in order, and the status that it ends with.
const collect = (call, onData = () => {}) => new Promise(resolve => {
  const messages = [];
  call.on('data', message => { messages.push(message); onData(messages); });
  call.on('error', () => {});
  call.on('status', status => resolve({ messages, status: grpc.status[status.code] }));
});

// grpc-status-details-bin, taken apart by the messages in proto/google/rpc.
const details = new protobuf.Root();
details.resolvePath = (_, target) => path.join(protos, target);
details.loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto']);

function detailsOf(error) {
  const told = { code: grpc.status[error.code] };
  const status = details.lookupType('google.rpc.Status').decode(error.metadata.get('grpc-status-details-bin')[0]);
  for (const { type_url, value } of status.details) {
    const detail = details.lookupType(type_url.split('/')[1]).decode(value);
    if (detail.reason) told.reason = detail.reason;
    if (detail.field_violations || detail.fieldViolations) {
      told.fields = (detail.field_violations || detail.fieldViolations).map(violation => violation.field).sort();
    }
  }
  return told;
}

const failed = promise => promise.then(() => { throw new Error('It did not fail.'); }, detailsOf);

(async () => {
  const first = purchase();
  const answers = [await unary(purchases, 'Authorise', first), await unary(purchases, 'Authorise', first)];
  const zipped = await unary(compressed, 'Authorise', purchase({ purpose: 'Östersund '.repeat(10).trim() }));
  const invalid = await failed(unary(purchases, 'Authorise', { currency: 'sek' }));
  const stranger = await failed(unary(purchases, 'Authorise', purchase(), new grpc.Metadata()));

  const stream = purchases.AuthoriseStream(headers(), options());
  const streamed = collect(stream, messages => messages.length === 3 && stream.end());
  [purchase(), { currency: 'sek' }, purchase()].forEach(request => stream.write(request));

  const cancelled = purchases.AuthoriseStream(headers(), options());
  const cancelledEnd = collect(cancelled, () => cancelled.cancel());
  cancelled.write(purchase());

  const late = purchases.AuthoriseStream(headers(), options(50));
  const lateEnd = collect(late);

  const watch = offline.WatchCards({ after_version: 0 }, headers(), options());
  const watched = collect(watch, messages => messages.some(update => update.up_to_date) && watch.cancel());

  const { messages, status } = await streamed;
  console.log(JSON.stringify({
    decisions: answers.map(answer => [answer.decision, answer.replayed]),
    compressed: zipped.decision,
    invalid,
    stranger,
    streamed: messages.map(answer => [answer.index, answer.error ? answer.error.reason : answer.response.decision])
      .sort((a, b) => a[0] - b[0]),
    streamEnd: status,
    cancelled: (await cancelledEnd).status,
    late: (await lateEnd).status,
    watched: (await watched).messages.some(update => update.up_to_date),
  }));
  [purchases, compressed, offline].forEach(stub => stub.close());
})();
