"""What the chart makes of its values, and which values it refuses."""

import copy
import os
import re
import unittest

from render import (CHART, LEAST, NAMESPACE, ROOT, TLS, WEBHOOK, Refused,
                    config, lint, pod, template)


def changed(values, path, value):
    """`values` with the member at the dotted `path` set."""
    values = copy.deepcopy(values)
    at = values
    *outer, last = path.split('.')
    for step in outer:
        at = at.setdefault(step, {})
    at[last] = value
    return values


class Rendering(unittest.TestCase):

    def test_lints(self):
        for values in (LEAST, WEBHOOK, TLS):
            lint(values)

    def test_makes_no_webhook_unless_asked(self):
        kinds = {kind for kind, _ in template(LEAST)}
        self.assertEqual(
            kinds, {
                'ConfigMap', 'Deployment', 'NetworkPolicy',
                'PersistentVolumeClaim', 'Service', 'ServiceAccount'
            })

    def test_everything_is_labelled_and_placed(self):
        for (kind, name), made in template(WEBHOOK).items():
            with self.subTest(kind=kind, name=name):
                labels = made['metadata']['labels']
                self.assertEqual(labels['app.kubernetes.io/name'], 'plimsoll')
                if kind != 'ValidatingWebhookConfiguration':
                    self.assertEqual(made['metadata']['namespace'], NAMESPACE)

    def test_versions_are_the_projects(self):
        cmake = (ROOT / 'CMakeLists.txt').read_text(encoding='utf-8')
        version = re.search(r'project\(plimsoll VERSION ([\d.]+)', cmake)[1]
        chart = (CHART / 'Chart.yaml').read_text(encoding='utf-8')
        self.assertIn(f'appVersion: "{version}"', chart)
        container = pod(template(LEAST))['containers'][0]
        self.assertEqual(container['image'],
                         f'registry.example.com/plimsoll:{version}')

    def test_a_digest_beats_the_tag(self):
        digest = 'sha256:' + 'a' * 64
        values = changed(changed(LEAST, 'image.tag', 'v1'), 'image.digest',
                         digest)
        self.assertEqual(
            pod(template(values))['containers'][0]['image'],
            f'registry.example.com/plimsoll@{digest}')

    def test_names_follow_the_release(self):
        made = template(LEAST, release='gate')
        self.assertIn(('Deployment', 'gate-plimsoll'), made)
        claim = pod(made, 'gate-plimsoll')['volumes']
        names = [v['persistentVolumeClaim']['claimName'] for v in claim
                 if 'persistentVolumeClaim' in v]
        self.assertEqual(names, ['gate-plimsoll'])


class Pod(unittest.TestCase):

    def test_meets_the_restricted_profile(self):
        spec = pod(template(WEBHOOK))
        self.assertTrue(spec['securityContext']['runAsNonRoot'])
        self.assertEqual(spec['securityContext']['seccompProfile'],
                         {'type': 'RuntimeDefault'})
        self.assertFalse(spec['automountServiceAccountToken'])
        for container in spec['containers']:
            self.assertEqual(
                container['securityContext'], {
                    'allowPrivilegeEscalation': False,
                    'readOnlyRootFilesystem': True,
                    'capabilities': {'drop': ['ALL']}
                })

    def test_a_platform_may_assign_its_ids(self):
        values = {**LEAST, 'podSecurityContext': {
            'runAsUser': None, 'runAsGroup': None, 'fsGroup': None}}
        context = pod(template(values))['securityContext']
        self.assertEqual(set(context), {'runAsNonRoot', 'seccompProfile'})

    def test_one_process_owns_the_store(self):
        spec = template(LEAST)['Deployment', 'plimsoll']['spec']
        self.assertEqual((spec['replicas'], spec['strategy']),
                         (1, {'type': 'Recreate'}))

    def test_the_store_may_end_with_the_pod(self):
        made = template(changed(LEAST, 'persistence.enabled', False))
        self.assertNotIn(('PersistentVolumeClaim', 'plimsoll'), made)
        self.assertIn({'name': 'store', 'emptyDir': {}}, pod(made)['volumes'])

    def test_probes_ask_the_admin_port(self):
        container = pod(template(LEAST))['containers'][0]
        for probe, path in (('startupProbe', '/livez'),
                            ('livenessProbe', '/livez'),
                            ('readinessProbe', '/readyz')):
            self.assertEqual(container[probe]['httpGet'],
                             {'path': path, 'port': 'admin'})

    def test_every_mount_has_its_volume(self):
        for values in (LEAST, WEBHOOK, TLS,
                       {**WEBHOOK, 'policies': {'a.yaml': 'x'}}):
            spec = pod(template(values))
            mounts = spec['containers'][0]['volumeMounts']
            self.assertEqual(sorted(m['name'] for m in mounts),
                             sorted(v['name'] for v in spec['volumes']))

    def test_restarts_when_configuration_or_policy_changes(self):
        def annotations(values):
            made = template(values)['Deployment', 'plimsoll']
            return made['spec']['template']['metadata']['annotations']
        before = annotations(LEAST)
        self.assertNotEqual(before, annotations({**LEAST, 'mode': 'enforce'}))
        self.assertNotEqual(
            before, annotations({**LEAST, 'policies': {'a.yaml': 'x'}}))


# The configuration with everything said; the gateway's own tests load it.
GOLDEN = ROOT / 'tests' / 'testdata' / 'chart' / 'plimsoll.yaml'
FULL = {
    **TLS, 'mode': 'enforce', 'noMatch': 'Warn',
    'modes': [{'repositories': ['payments/**'], 'mode': 'observe'}],
    'layers': {'inspect': 'stream', 'workers': 4},
    'policies': {'b.yaml': 'b: 1\n', 'a.yaml': 'a: 1\n'},
    'extraConfig': {'grpc': 'unix:/tmp/plimsoll.sock'},
}


class Configuration(unittest.TestCase):

    def test_is_what_the_gateway_is_tested_to_load(self):
        text = template(FULL)['ConfigMap', 'plimsoll']['data']['plimsoll.yaml']
        if os.environ.get('PLIMSOLL_UPDATE_GOLDEN'):
            GOLDEN.write_text(text, encoding='utf-8')
        self.assertEqual(text, GOLDEN.read_text(encoding='utf-8'))

    def test_says_what_the_values_say(self):
        values = FULL
        made = template(values)
        document = config(made)
        self.assertEqual(document['apiVersion'], 'plimsoll.dev/v1alpha1')
        self.assertEqual(document['kind'], 'GatewayConfig')
        spec = document['spec']
        self.assertEqual(spec['listen'], '0.0.0.0:5000')
        self.assertEqual(spec['admin'], '0.0.0.0:9090')
        self.assertEqual(spec['upstream'], {
            'url': 'https://registry.internal:5000',
            'tls': {
                'ca': '/etc/plimsoll/ca/ca.crt',
                'certificate': '/etc/plimsoll/client/tls.crt',
                'key': '/etc/plimsoll/client/tls.key',
                'serverName': 'registry.corp'},
            'readCredential': {'file': '/etc/plimsoll/credentials/read'}})
        self.assertEqual(spec['store'],
                         {'sqlite': '/var/lib/plimsoll/plimsoll.db'})
        self.assertEqual((spec['mode'], spec['noMatch']), ('enforce', 'Warn'))
        self.assertEqual(spec['modes'], values['modes'])
        self.assertEqual(spec['layers'], values['layers'])
        self.assertEqual(spec['policies'], ['/etc/plimsoll/policies/a.yaml',
                                            '/etc/plimsoll/policies/b.yaml'])
        self.assertEqual(spec['grpc'], 'unix:/tmp/plimsoll.sock')
        self.assertEqual(made['ConfigMap', 'plimsoll-policies']['data'],
                         values['policies'])

    def test_speaks_plain_http_unless_a_secret_is_named(self):
        made = template(LEAST)
        self.assertNotIn('tls', config(made)['spec'])
        port = made['Service', 'plimsoll']['spec']['ports'][0]
        self.assertEqual(port['appProtocol'], 'http')

    def test_speaks_tls_with_the_secret_that_is_named(self):
        made = template(TLS)
        self.assertEqual(config(made)['spec']['tls'], {
            'certificate': '/etc/plimsoll/tls/tls.crt',
            'key': '/etc/plimsoll/tls/tls.key',
            'clientCa': '/etc/plimsoll/tls-clients/ca.crt',
            'clientAuth': 'optional'})
        self.assertEqual(config(made)['spec']['webhook']['tls'], {
            'certificate': '/etc/plimsoll/webhook/tls.crt',
            'key': '/etc/plimsoll/webhook/tls.key',
            'clientCa': '/etc/plimsoll/webhook-clients/ca.crt'})
        port = made['Service', 'plimsoll']['spec']['ports'][0]
        self.assertEqual(port['appProtocol'], 'https')
        volumes = {v['name']: v for v in pod(made)['volumes']}
        self.assertEqual(volumes['tls']['secret']['secretName'], 'registry-tls')
        self.assertEqual(volumes['client']['secret']['secretName'],
                         'registry-client')
        self.assertEqual(volumes['tls-clients']['configMap'], {
            'name': 'client-ca',
            'items': [{'key': 'clients.pem', 'path': 'ca.crt'}]})

    def test_secrets_are_mounted_whole_so_that_renewals_arrive(self):
        for mount in pod(template(TLS))['containers'][0]['volumeMounts']:
            self.assertNotIn('subPath', mount)

    def test_commands_in_the_pod_find_the_store(self):
        made = template(LEAST)
        store = config(made)['spec']['store']['sqlite']
        self.assertEqual(store, pod(made)['containers'][0]['workingDir'] +
                         '/plimsoll.db')

    def test_paths_are_where_the_pod_mounts_them(self):
        made = template({**TLS, 'policies': {'a.yaml': 'a: 1\n'}})
        spec = config(made)['spec']
        mounts = {m['mountPath'] for m in
                  pod(made)['containers'][0]['volumeMounts']}
        for path in (spec['store']['sqlite'], spec['policies'][0],
                     spec['upstream']['readCredential']['file'],
                     *[path for path in spec['upstream']['tls'].values()
                       if path.startswith('/')],
                     spec['tls']['certificate'], spec['tls']['clientCa'],
                     spec['webhook']['tls']['key'],
                     spec['webhook']['tls']['clientCa']):
            self.assertIn(path.rsplit('/', 1)[0], mounts)

    def test_ports_are_those_of_the_container(self):
        made = template(WEBHOOK)
        spec = config(made)['spec']
        ports = {p['name']: p['containerPort'] for p in
                 pod(made)['containers'][0]['ports']}
        self.assertEqual(ports, {
            'registry': int(spec['listen'].rsplit(':', 1)[1]),
            'admin': int(spec['admin'].rsplit(':', 1)[1]),
            'webhook': int(spec['webhook']['listen'].rsplit(':', 1)[1])})


class Webhook(unittest.TestCase):

    def webhook(self, values=WEBHOOK):
        made = template(values)
        found = made['ValidatingWebhookConfiguration', 'plimsoll-gate']
        self.assertEqual(len(found['webhooks']), 1)
        return found['webhooks'][0], made

    def test_judges_pods_and_what_is_added_to_them(self):
        hook, _ = self.webhook()
        self.assertEqual(hook['rules'], [{
            'apiGroups': [''], 'apiVersions': ['v1'],
            'resources': ['pods', 'pods/ephemeralcontainers'],
            'operations': ['CREATE', 'UPDATE'], 'scope': 'Namespaced'}])
        self.assertEqual(hook['failurePolicy'], 'Fail')
        self.assertEqual(hook['sideEffects'], 'None')
        self.assertEqual(hook['matchPolicy'], 'Equivalent')
        self.assertEqual(hook['admissionReviewVersions'], ['v1'])

    def test_never_judges_its_own_namespace(self):
        hook, _ = self.webhook(
            changed(WEBHOOK, 'webhook.excludedNamespaces', ['storage']))
        self.assertEqual(hook['namespaceSelector'], {'matchExpressions': [{
            'key': 'kubernetes.io/metadata.name', 'operator': 'NotIn',
            'values': ['storage', NAMESPACE]}]})

    def test_leads_to_the_pod(self):
        hook, made = self.webhook()
        client = hook['clientConfig']
        self.assertEqual(client['caBundle'], 'Q0E=')
        service = made['Service', client['service']['name']]
        self.assertEqual(service['spec']['ports'][0]['port'],
                         client['service']['port'])
        self.assertEqual(client['service']['path'], '/kubernetes/validate')
        labels = made['Deployment', 'plimsoll']['spec']['template']['metadata']
        self.assertLessEqual(service['spec']['selector'].items(),
                             labels['labels'].items())

    def test_its_port_passes_the_network_policy(self):
        _, made = self.webhook()
        policy = made['NetworkPolicy', 'plimsoll']['spec']
        open_to_all = [r for r in policy['ingress'] if 'from' not in r]
        self.assertEqual([p['port'] for p in open_to_all[0]['ports']],
                         ['registry', 'webhook'])
        self.assertEqual(policy['policyTypes'], ['Ingress'])


class Refusals(unittest.TestCase):

    def test_values_that_cannot_work(self):
        cases = [
            ('no image', changed(LEAST, 'image.repository', ''), 'image'),
            ('no upstream', changed(LEAST, 'upstream.url', ''), 'upstream.url'),
            ('path in the upstream',
             changed(LEAST, 'upstream.url', 'https://a/b'), 'upstream'),
            ('unknown key', {**LEAST, 'replicas': 3}, 'replicas'),
            ('unknown mode', {**LEAST, 'mode': 'warn'}, 'mode'),
            ('short digest', changed(LEAST, 'image.digest', 'sha256:a'),
             'digest'),
            ('policy that is no file',
             {**LEAST, 'policies': {'../a.yaml': 'x'}}, 'a.yaml'),
            ('shared volume',
             changed(LEAST, 'persistence.accessModes', ['ReadWriteMany']),
             'accessModes'),
            ('timeout over the API server\'s',
             changed(WEBHOOK, 'webhook.timeoutSeconds', 31), 'timeoutSeconds'),
            ('webhook that cannot read',
             changed(WEBHOOK, 'upstream.readCredential.existingSecret', ''),
             'readCredential'),
            ('webhook without a certificate',
             changed(WEBHOOK, 'webhook.tls.existingSecret', ''), 'TLS'),
            ('webhook without an authority',
             changed(WEBHOOK, 'webhook.tls.caBundle', ''), 'caBundle'),
            ('clients of a gateway without TLS',
             changed(TLS, 'tls.existingSecret', ''), 'tls.existingSecret'),
            ('unknown demand', changed(TLS, 'tls.clientAuth', 'maybe'),
             'clientAuth'),
            ('webhook for no registry',
             changed(WEBHOOK, 'webhook.registries', []), 'registries'),
        ]
        for name, values, said in cases:
            with self.subTest(name):
                with self.assertRaises(Refused) as refused:
                    template(values)
                self.assertIn(said, str(refused.exception))


if __name__ == '__main__':
    unittest.main()
