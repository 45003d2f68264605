import countermark = require('countermark');
import express = require('countermark/express');

const verifier = new countermark.WebhookVerifier({ scheme: 'github', keys: [] });
express.webhook({ scheme: 'github', keys: [], maxBodyBytes: 1 }, (webhook) => webhook.replayKey);
void verifier;
