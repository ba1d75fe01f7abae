# A cloud passes: two and a half seconds of dark.
device-check
0:00 speak 140
0:20 dark
0:22.5 clear
0:40 end
expect no hint more_light
hint 0:40.0 good_pace | about 140 words a minute over the last 30 s
