import { runService } from '@k8or/shell'
import { ownIdentity } from './adapters/credentials/own-identity'
import { createApp } from './app.module'
import { loadConfig } from './config'

void runService({ name: 'accesspoint', createApp, loadConfig, identity: ownIdentity })
