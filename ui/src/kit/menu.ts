// SPDX-License-Identifier: Apache-2.0
export interface MenuItem {
	label: string;
	icon?: string;
	hint?: string;
	href?: string;
	download?: boolean;
	act?: () => void;
	disabled?: boolean;
	on?: boolean;
	danger?: boolean;
	lang?: string;
}
export interface MenuPart {
	title?: string;
	items: MenuItem[];
}
