// Buys a ticket on a card of the demo. Usage: buy.js [demo.json [directory of proto/]]
'use strict';

const { randomUUID } = require('node:crypto');
const { readFileSync } = require('node:fs');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const [, , demoFile = '.run/demo.json', protos = 'proto'] = process.argv;
const demo = JSON.parse(readFileSync(demoFile, 'utf8'));
const jamtland = demo.operators.jamtland;

const definition = protoLoader.loadSync(
  'authorisation/v1/authorisation.proto',
  { keepCase: true, defaults: true, enums: String, longs: Number, includeDirs: [protos] });
const { AuthorisationService } = grpc.loadPackageDefinition(definition).authorisation.v1;
const client = new AuthorisationService(new URL(demo.grpc).host, grpc.credentials.createInsecure());

const request = {
  authorisation_id: randomUUID(), // save it before you send: a retry carries the same
  card_number: jamtland.card.card_number,
  amount_minor: 4200, // 42.00 kr
  currency: jamtland.currency,
  product: 'single-adult',
};
const token = new grpc.Metadata();
token.set('authorization', `Bearer ${jamtland.validator_token}`);

const { UNAVAILABLE, DEADLINE_EXCEEDED } = grpc.status;

function buy(triesLeft) {
  client.authorise(request, token, { deadline: Date.now() + 10_000 }, (error, answer) => {
    if (!error) {
      console.log(answer.decision, answer.credit.remaining_minor, 'left in', answer.credit.month);
    } else if (triesLeft > 0 && [UNAVAILABLE, DEADLINE_EXCEEDED].includes(error.code)) {
      buy(triesLeft - 1);
    } else {
      throw error;
    }
  });
}

buy(2);
