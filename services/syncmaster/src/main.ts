import { runService } from '@k8or/shell'
import { createApp } from './app.module'
import { loadConfig } from './config'

void runService({ name: 'syncmaster', createApp, loadConfig })
