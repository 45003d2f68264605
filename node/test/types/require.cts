import countermark = require('countermark');
import express = require('countermark/express');
import SecSignIDApi = require('countermark/secsignid');
import { AuthSession, type AuthSessionFields } from 'countermark/secsignid';

const verifier = new countermark.WebhookVerifier({ scheme: 'github', keys: [] });
express.webhook({ scheme: 'github', keys: [], maxBodyBytes: 1 }, (webhook) => webhook.replayKey);
const api: SecSignIDApi = new SecSignIDApi({ idserver: 'id.example', port: '443', posturl: '/' });
const session: AuthSession = new SecSignIDApi.AuthSession({ requestid: 'a' } satisfies Partial<SecSignIDApi.AuthSessionFields & AuthSessionFields>);
session.setState(SecSignIDApi.AuthSession.CANCELED);
// @ts-expect-error: an option has a name
new SecSignIDApi.SecSignIDApi({ Server: 'https://id.example' });
void [verifier, api, session.getStateName() satisfies string];
