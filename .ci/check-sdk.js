// Runs all nine operations of the vendor's SDK against the target of a file that harness serve wrote, and says of
// each what came back. Exits 1 at the first that is not as it should be.
const assert = require('node:assert/strict');
const fs = require('node:fs');
const platformClient = require('purecloud-platform-client-v2');

const text = fs.readFileSync(process.argv[2], 'utf8');
const value = (name, from = text) => {
  const found = from.match(new RegExp(`^\\s*${name}:\\s*"?([^\\n]*?)"?$`, 'm'));
  assert(found, `${name} is not in the target file`);
  return found[1];
};
const section = text.slice(text.indexOf('genesyscloud:'));
const url = new URL(value('url', section));
const roles = value('roleIds').replace(/[[\]"]/g, '').split(/,\s*/);
const writes = text.slice(text.indexOf('\nwrites:'));

(async () => {
  const client = platformClient.ApiClient.instance;
  client.setGateway({ host: url.hostname, protocol: 'http', port: url.port });
  await client.loginClientCredentialsGrant(value('clientID', section), value('clientSecret', section));
  const api = new platformClient.LicenseApi();
  const done = (name, what) => console.log(`check-sdk: ${name}: ${what}`);

  const definitions = await api.getLicenseDefinitions();
  assert(Array.isArray(definitions) && definitions.length > 0);
  done('getLicenseDefinitions', `${definitions.length} definitions`);

  const definition = await api.getLicenseDefinition(definitions[0].id);
  assert.equal(definition.id, definitions[0].id);
  done('getLicenseDefinition', definition.id);

  for (const name of ['feature', 'no such/id?x=1']) {
    const toggle = await api.getLicenseToggle(name);
    assert.deepEqual([toggle.featureName, toggle.enabled], [name, true]);
  }
  done('getLicenseToggle', 'true, the name echoed');

  const posted = await api.postLicenseToggle('feature');
  assert.equal(posted.featureName, 'feature');
  assert.equal((await api.getLicenseToggle('feature')).enabled, true);
  done('postLicenseToggle', 'no effect');

  const page = await api.getLicenseUsers();
  assert.equal(page.pageSize, 25);
  assert.equal(page.entities.length, 25);
  const zero = await api.getLicenseUsers({ pageSize: 0, pageNumber: 0 });
  assert.equal(zero.entities.length, 25);
  done('getLicenseUsers', `${page.total} users, pages of 25 by default, and when the client writes 0`);

  const id = page.entities[0].id;
  const user = await api.getLicenseUser(id);
  assert.equal(user.id, id);
  done('getLicenseUser', `${user.licenses.length} licences`);

  assert.deepEqual(await api.postLicenseInfer(), []);
  assert.deepEqual(await api.postLicenseInfer({ body: [] }), []);
  const inferred = await api.postLicenseInfer({ body: roles });
  assert(Array.isArray(inferred) && inferred.length > 0);
  done('postLicenseInfer', `[] for an empty body, ${JSON.stringify(inferred)} for ${roles.length} roles`);

  assert.deepEqual(await api.postLicenseUsers(), {});
  const batch = await api.postLicenseUsers({ body: page.entities.map((e) => e.id) });
  assert.deepEqual(Object.keys(batch).sort(), page.entities.map((e) => e.id).sort());
  done('postLicenseUsers', `${Object.keys(batch).length} users at once`);

  const one = { licenseId: value('license', writes), userIdsAdd: [value('user', writes)], userIdsRemove: [] };
  const status = await api.postLicenseOrganization({ body: { assignments: [one] } });
  assert.equal(status.length, 1);
  const after = await api.getLicenseUser(one.userIdsAdd[0]);
  assert(after.licenses.some((l) => l.id === one.licenseId));
  const back = { licenseId: one.licenseId, userIdsAdd: [], userIdsRemove: one.userIdsAdd };
  await api.postLicenseOrganization({ body: { assignments: [back] } });
  done('postLicenseOrganization', `${status[0].result}; seen by getLicenseUser; taken back`);
})().catch((err) => {
  console.error('check-sdk:', err && err.stack ? err.stack : JSON.stringify(err));
  process.exit(1);
});
