"""The chart as helm renders it, for the tests beside this file."""

import json
import os
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / 'charts' / 'plimsoll'
HELM = os.environ.get('HELM', 'helm')
NAMESPACE = 'gate'
# A cluster newer than helm's own default.
KUBERNETES = '1.34.0'

# The least that renders, and the least with the webhook.
LEAST = {
    'image': {'repository': 'registry.example.com/plimsoll'},
    'upstream': {'url': 'https://registry.internal:5000'},
}
WEBHOOK = {
    **LEAST,
    'upstream': {
        'url': 'https://registry.internal:5000',
        'readCredential': {'existingSecret': 'reader'},
        'tls': {'ca': {'existingConfigMap': 'registry-ca'}},
    },
    'webhook': {
        'enabled': True,
        'registries': ['registry.example.com'],
        'tls': {'existingSecret': 'webhook-tls', 'caBundle': 'Q0E='},
    },
}
# Every secret and authority that TLS can have.
TLS = {
    **WEBHOOK,
    'tls': {
        'existingSecret': 'registry-tls',
        'clientCa': {'existingConfigMap': 'client-ca', 'key': 'clients.pem'},
        'clientAuth': 'optional',
    },
    'upstream': {
        **WEBHOOK['upstream'],
        'tls': {
            'ca': {'existingConfigMap': 'registry-ca'},
            'existingSecret': 'registry-client',
            'serverName': 'registry.corp',
        },
    },
    'webhook': {
        **WEBHOOK['webhook'],
        'tls': {
            **WEBHOOK['webhook']['tls'],
            'clientCa': {'existingConfigMap': 'api-server-ca'},
        },
    },
}


class Refused(Exception):
    """helm did not render; the message is what it said."""


def run(*arguments, values):
    """helm's output, or Refused."""
    done = subprocess.run(
        [HELM, *arguments, '--values', '-'], input=json.dumps(values),
        capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise Refused(done.stdout + done.stderr)
    return done.stdout


def lint(values):
    return run('lint', '--strict', str(CHART), values=values)


def template(values, release='plimsoll'):
    """{(kind, name): object} of everything the chart makes."""
    text = run('template', release, str(CHART), '--namespace', NAMESPACE,
               '--kube-version', KUBERNETES, values=values)
    objects = {}
    for document in yaml.safe_load_all(text):
        if document:
            key = document['kind'], document['metadata']['name']
            assert key not in objects, f'{key} twice'
            objects[key] = document
    return objects


def config(objects, name='plimsoll'):
    """The gateway's configuration, as the pod reads it."""
    return yaml.safe_load(objects['ConfigMap', name]['data']['plimsoll.yaml'])


def pod(objects, name='plimsoll'):
    return objects['Deployment', name]['spec']['template']['spec']
