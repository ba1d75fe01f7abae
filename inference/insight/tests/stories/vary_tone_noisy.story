# The same note before a loud background: its pitch cannot be told, so the voice is not blamed.
device-check
0:00 speak 140
0:00 tone 0.8
0:00 noise 9
1:00 end
expect no hint vary_tone
expect hint background_noise between 0:10 and 0:25
hint 0:10.0 background_noise | the background was about half as loud as your voice
