import { UsersQuery } from '../routes/users.ts';
import { API, at, needs, parameter, takes, text } from './own-operation.ts';
import { answer, problems, schemaRef } from './parts.ts';
import type { Operation } from './registry-paths.ts';
import { written } from './schemas.ts';

const byId = [parameter('id', 'path', text)];

/** Who may come in, what each may do, and where. */
export const accountOperations: readonly Operation[] = [
  at('get', `${API}/users`, {
    operationId: 'users',
    summary: 'The people of your locations',
    ...needs('user.read'),
    parameters: Object.entries(UsersQuery.properties).map(([name, schema]) => parameter(name, 'query', written(schema))),
    responses: { 200: answer('One page of them', schemaRef('AccountPage')), ...problems(400, 401, 403, 503) },
  }),
  at('post', `${API}/users`, {
    operationId: 'createUser',
    summary: 'Make an account for somebody',
    ...needs('user.create'),
    ...takes('CreateUser'),
    responses: { 201: answer('Made', schemaRef('Account')), ...problems(400, 401, 403, 409, 503) },
  }),
  at('get', `${API}/users/{id}`, {
    operationId: 'user',
    summary: 'One person',
    ...needs('user.read'),
    parameters: byId,
    responses: { 200: answer('The person', schemaRef('Account')), ...problems(401, 403, 404, 503) },
  }),
  at('put', `${API}/users/{id}`, {
    operationId: 'changeUser',
    summary: 'Grant and take away roles and locations, disable, set a new password',
    ...needs('user.change'),
    parameters: byId,
    ...takes('ChangeUser'),
    responses: { 200: answer('As it is now; it counts within a second', schemaRef('Account')), ...problems(400, 401, 403, 404, 409, 503) },
  }),
  at('delete', `${API}/users/{id}`, {
    operationId: 'removeUser',
    summary: 'Remove an account',
    ...needs('user.remove'),
    parameters: byId,
    responses: { 204: { description: 'Removed: only the id stays, which the log names' }, ...problems(401, 403, 404, 409, 503) },
  }),
  at('get', `${API}/roles`, {
    operationId: 'roles',
    summary: 'The built-in roles, and those of your locations',
    ...needs('role.read'),
    responses: { 200: answer('All of them', schemaRef('RoleList')), ...problems(401, 403, 503) },
  }),
  at('post', `${API}/roles`, {
    operationId: 'defineRole',
    summary: 'Make a role of permissions you hold',
    ...needs('role.define'),
    ...takes('DefineRole'),
    responses: { 201: answer('Made', schemaRef('Role')), ...problems(400, 401, 403, 409, 503) },
  }),
  at('put', `${API}/roles/{id}`, {
    operationId: 'changeRole',
    summary: 'Change what a role permits',
    ...needs('role.change'),
    parameters: byId,
    ...takes('ChangeRole'),
    responses: { 200: answer('As it is now', schemaRef('Role')), ...problems(400, 401, 403, 404, 503) },
  }),
  at('delete', `${API}/roles/{id}`, {
    operationId: 'removeRole',
    summary: 'Remove a role, and take it from whoever has it',
    ...needs('role.remove'),
    parameters: byId,
    responses: { 204: { description: 'Removed' }, ...problems(401, 403, 404, 503) },
  }),
  at('get', `${API}/terminals`, {
    operationId: 'terminals',
    summary: 'The terminals of your locations',
    ...needs('terminal.read'),
    responses: { 200: answer('All of them', schemaRef('TerminalList')), ...problems(401, 403, 503) },
  }),
  at('post', `${API}/terminals`, {
    operationId: 'enrolTerminal',
    summary: 'Enrol a terminal that people share',
    ...needs('terminal.enrol'),
    ...takes('EnrolTerminal'),
    responses: {
      201: answer('Its tokens, shown once: put them on the terminal', schemaRef('EnrolledTerminal')),
      ...problems(400, 401, 403, 409, 503),
    },
  }),
];
